#pragma once
/// Exercise 17: the variance in a well that softens while one looks.

#include <cmath>
#include <numbers>

namespace lesson {

/// The variance of x at the moment when the curvature is a ≥ 0, if it has been falling by `speed` > 0 per
/// time for ever: ẋ = -a(t)·x + √(2T)·noise. It is T·√(π/speed)·exp(z²)·erfc(z) with z = a/√speed.
inline double swept_variance(double a, double speed, double temperature) {
  // True for fast sweeps. What do exp and erfc become for slow ones?
  const double z = a / std::sqrt(speed);
  return temperature * std::sqrt(std::numbers::pi / speed) * std::exp(z * z) * std::erfc(z);
}

}  // namespace lesson
