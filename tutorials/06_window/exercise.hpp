#pragma once
/// Exercise 6: what is left of losses when their drift is taken out.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// `losses` (W,n) minus each column's least-squares line over the recordings 0..W-1.
inline Tensor<double> without_drift(const Tensor<double>& losses) {
  // Takes out the mean only.
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  Tensor<double> rest = losses.clone();
  for (std::size_t i = 0; i < probes; ++i) {
    double mean = 0;
    for (std::size_t t = 0; t < rows; ++t) mean += losses(t, i) / static_cast<double>(rows);
    for (std::size_t t = 0; t < rows; ++t) rest(t, i) -= mean;
  }
  return rest;
}

}  // namespace lesson
