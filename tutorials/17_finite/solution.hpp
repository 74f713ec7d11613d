#pragma once
/// Exercise 17, solved: exp(z²) overflows where erfc(z) underflows; their product is 1/(z√π) there, and a
/// continued fraction in between.

#include <cmath>
#include <numbers>

namespace lesson {

/// The variance of x at the moment when the curvature is a ≥ 0, if it has been falling by `speed` > 0 per
/// time for ever: ẋ = -a(t)·x + √(2T)·noise. It is T·√(π/speed)·exp(z²)·erfc(z) with z = a/√speed.
inline double swept_variance(double a, double speed, double temperature) {
  const double z = a / std::sqrt(speed);
  const double scale = temperature * std::sqrt(std::numbers::pi / speed);
  if (z < 3) return scale * std::exp(z * z) * std::erfc(z);
  double fraction = z;  // √π·exp(z²)·erfc(z) = 1/(z + (1/2)/(z + (2/2)/(z + (3/2)/(z + …))))
  for (int k = 60; k > 0; --k) fraction = z + k / 2.0 / fraction;
  return scale / (fraction * std::sqrt(std::numbers::pi));
}

}  // namespace lesson
