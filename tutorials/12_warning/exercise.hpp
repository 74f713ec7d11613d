#pragma once
/// Exercise 12: raise an alarm, and set its threshold.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace lesson {

/// The index that completes `hold` values in a row above the threshold, if any. NaN is above nothing.
inline std::optional<std::size_t> alarm(std::span<const double> values, double threshold,
                                        std::size_t /*hold*/) {
  // Alarms at the first value; a single outlier is enough.
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > threshold) return i;
  }
  return std::nullopt;
}

/// The lowest threshold that lets at most ⌊rate·N⌋ of N event-free runs alarm, given the largest value of
/// each. An alarm needs a value *above* the threshold.
inline double threshold(std::vector<double> maxima, double rate) {
  // Lets one run too many alarm.
  std::sort(maxima.begin(), maxima.end(), std::greater<>());
  return maxima[static_cast<std::size_t>(rate * static_cast<double>(maxima.size())) + 1];
}

}  // namespace lesson
