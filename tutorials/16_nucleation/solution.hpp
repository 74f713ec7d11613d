#pragma once
/// Exercise 16, solved: a flat bottom is a large place to look for the exit in, a flat top a slow exit.

#include <cmath>
#include <numbers>

namespace lesson {

/// Kramers' mean time to leave a well under ẋ = -f' + √(2T)·noise, for a barrier of several T: the curvatures
/// f″ are positive in the well and negative on top of the barrier, `barrier` is the difference of f.
inline double kramers_time(double curvature_in_well, double curvature_on_top, double barrier,
                           double temperature) {
  return 2 * std::numbers::pi / std::sqrt(curvature_in_well * -curvature_on_top) *
         std::exp(barrier / temperature);
}

}  // namespace lesson
