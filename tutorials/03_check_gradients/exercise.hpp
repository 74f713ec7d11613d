#pragma once
/// Exercise 3: a gradient checker.

#include <cmath>

#include "tutorials/03_check_gradients/slopes.hpp"

namespace lesson {

/// Whether backward and differences agree on ∇f·direction.
inline bool gradient_agrees(const Function& f, const Tensor<double>& at, const Tensor<double>& direction) {
  const double backward = backward_slope(f, at, direction);

  // Three mistakes are in these four lines.
  const double h = 1e-3;
  const double difference = (value_at(f, at, direction, h) - value_at(f, at, direction, 0)) / h;
  const double error = std::abs(backward - difference) / std::abs(backward + difference);
  return !(error > 1e-6);
}

}  // namespace lesson
