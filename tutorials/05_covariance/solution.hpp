#pragma once
/// Exercise 5, solved: subtract the means first. Σλ is the trace of C, Σλ² the sum of its squared entries.

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
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  const double w = static_cast<double>(rows), n = static_cast<double>(probes);
  Tensor<double> x = losses.clone();
  for (std::size_t i = 0; i < probes; ++i) {
    // Relative to the first recording, so that a large constant loss costs no digits.
    double mean = 0;
    for (std::size_t t = 0; t < rows; ++t) mean += (losses(t, i) - losses(0, i)) / w;
    for (std::size_t t = 0; t < rows; ++t) x(t, i) = (losses(t, i) - losses(0, i)) - mean;
  }
  double trace = 0, squares = 0;
  for (std::size_t i = 0; i < probes; ++i) {
    for (std::size_t j = 0; j < probes; ++j) {
      double c = 0;
      for (std::size_t t = 0; t < rows; ++t) c += x(t, i) * x(t, j) / w;
      if (i == j) trace += c;
      squares += c * c;
    }
  }
  return {trace, squares / n - trace * trace / (n * n), trace * trace / squares};
}

}  // namespace lesson
