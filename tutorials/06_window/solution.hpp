#pragma once
/// Exercise 6, solved. With time measured from the middle of the window, line and mean are orthogonal.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// `losses` (W,n) minus each column's least-squares line over the recordings 0..W-1.
inline Tensor<double> without_drift(const Tensor<double>& losses) {
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  const double w = static_cast<double>(rows);
  const auto time = [&](std::size_t t) { return static_cast<double>(t) - (w - 1) / 2; };
  Tensor<double> rest = losses.clone();
  for (std::size_t i = 0; i < probes; ++i) {
    double mean = 0, slope = 0;
    for (std::size_t t = 0; t < rows; ++t) {
      mean += losses(t, i) / w;
      slope += time(t) * losses(t, i);
    }
    slope /= w * (w * w - 1) / 12;  // Σ time²
    for (std::size_t t = 0; t < rows; ++t) rest(t, i) -= mean + slope * time(t);
  }
  return rest;
}

}  // namespace lesson
