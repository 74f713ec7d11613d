#pragma once
/// Exercise 3, solved.

#include <algorithm>
#include <cmath>

#include "tutorials/03_check_gradients/slopes.hpp"

namespace lesson {

/// Whether backward and differences agree on ∇f·direction.
inline bool gradient_agrees(const Function& f, const Tensor<double>& at, const Tensor<double>& direction) {
  const double backward = backward_slope(f, at, direction);

  // Central: its error is O(h²). At h = 1e-5 that and the rounding of f, about 1e-16/h, are both near 1e-10.
  const double h = 1e-5;
  const double difference = (value_at(f, at, direction, h) - value_at(f, at, direction, -h)) / (2 * h);
  // Relative to the larger one, but never to less than 1: where the derivative is 0 only the absolute error
  // counts.
  const double size = std::max({std::abs(backward), std::abs(difference), 1.0});
  // A comparison with NaN is false, so ask for what you want rather than for what you fear.
  return std::abs(backward - difference) <= 1e-6 * size;
}

}  // namespace lesson
