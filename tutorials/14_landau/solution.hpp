#pragma once
/// Exercise 14, solved: the window's own mean takes away what the recordings have in common.

#include <cstddef>

namespace lesson {

/// The part of its variance that a stationary series shows, in expectation, inside windows of `width` ≥ 1
/// recordings (mean removed, divided by `width`), when recordings k apart are correlated like memory^k, with
/// 0 ≤ memory ≤ 1.
inline double seen_share(double memory, std::size_t width) {
  const double w = static_cast<double>(width);
  double variance_of_mean = 1 / w, power = 1;
  for (std::size_t k = 1; k < width; ++k) {
    power *= memory;
    variance_of_mean += 2 / w * (1 - static_cast<double>(k) / w) * power;
  }
  return 1 - variance_of_mean;
}

}  // namespace lesson
