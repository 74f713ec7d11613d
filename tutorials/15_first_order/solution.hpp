#pragma once
/// Exercise 15, solved: at rest decay = w^(D-2)·(target - w^D), and no decay above the right side's maximum
/// has a w for it.

#include <cmath>

namespace lesson {

/// The spinodal of a mode of D = `layers` ≥ 2 equal weights w, strength u = w^D, under the loss
/// ½(target - u)² + ½·decay·D·w²: the largest decay at which training that starts from u = target > 0 stays
/// away from 0.
inline double spinodal_decay(int layers, double target) {
  const double d = layers, strength = target * (d - 2) / (2 * d - 2);  // of the last state that holds
  return std::pow(strength, (d - 2) / d) * (target - strength);
}

}  // namespace lesson
