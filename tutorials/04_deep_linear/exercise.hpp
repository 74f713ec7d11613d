#pragma once
/// Exercise 4: the learning curve of one mode.

#include <cmath>

namespace lesson {

/// u(t) of τ u̇ = 2u(s − u) with u(0) = u0, for any t ≥ 0.
inline double learning_curve(double t, double s, double u0, double tau) {
  // This is what a network with a single layer does: τ u̇ = s − u.
  return s + (u0 - s) * std::exp(-t / tau);
}

}  // namespace lesson
