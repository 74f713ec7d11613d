#pragma once
/// Exercise 16: how long a barrier holds.

#include <cmath>

namespace lesson {

/// Kramers' mean time to leave a well under ẋ = -f' + √(2T)·noise, for a barrier of several T: the curvatures
/// f″ are positive in the well and negative on top of the barrier, `barrier` is the difference of f.
inline double kramers_time(double curvature_in_well, double curvature_on_top, double barrier,
                           double temperature) {
  // The exponential is right. What do flat wells and flat tops do?
  static_cast<void>(curvature_in_well);
  static_cast<void>(curvature_on_top);
  return std::exp(barrier / temperature);
}

}  // namespace lesson
