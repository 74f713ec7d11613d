#pragma once
/// Exercise 5: the signals of a window of losses, without an eigensolver.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

struct Signals {
  double trace = 0;  ///< Σλ
  double shc = 0;    ///< Σλ²/n − (Σλ/n)²
  double pr = 0;     ///< (Σλ)²/Σλ², NaN when C = 0
};

/// The signals of C = XᵀX/W, X the columns of `losses` (W,n) without their means.
inline Signals signals(const Tensor<double>& losses) {
  // What is missing here? And what will a loss of a million do to it?
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  double trace = 0, squares = 0;
  for (std::size_t i = 0; i < probes; ++i) {
    for (std::size_t j = 0; j < probes; ++j) {
      double c = 0;
      for (std::size_t t = 0; t < rows; ++t) c += losses(t, i) * losses(t, j) / static_cast<double>(rows);
      if (i == j) trace += c;
      squares += c * c;
    }
  }
  const double n = static_cast<double>(probes);
  return {trace, squares / n - trace * trace / (n * n), trace * trace / squares};
}

}  // namespace lesson
