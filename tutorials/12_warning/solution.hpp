#pragma once
/// Exercise 12, solved.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace lesson {

/// The index that completes `hold` values in a row above the threshold, if any. NaN is above nothing.
inline std::optional<std::size_t> alarm(std::span<const double> values, double threshold, std::size_t hold) {
  std::size_t in_a_row = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    in_a_row = values[i] > threshold ? in_a_row + 1 : 0;
    if (in_a_row == hold) return i;
  }
  return std::nullopt;
}

/// The lowest threshold that lets at most ⌊rate·N⌋ of N event-free runs alarm, given the largest value of
/// each. An alarm needs a value *above* the threshold.
inline double threshold(std::vector<double> maxima, double rate) {
  std::sort(maxima.begin(), maxima.end(), std::greater<>());
  return maxima[static_cast<std::size_t>(rate * static_cast<double>(maxima.size()))];
}

}  // namespace lesson
