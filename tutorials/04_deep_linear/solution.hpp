#pragma once
/// Exercise 4, solved: separate the variables, then write the result with exponentials that cannot overflow.

#include <cmath>

namespace lesson {

/// u(t) of τ u̇ = 2u(s − u) with u(0) = u0, for any t ≥ 0.
inline double learning_curve(double t, double s, double u0, double tau) {
  const double decay = std::exp(-2 * s * t / tau);
  return s / (1 + (s / u0 - 1) * decay);
}

}  // namespace lesson
