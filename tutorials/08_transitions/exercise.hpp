#pragma once
/// Exercise 8: the memory of a series.

#include <span>

namespace lesson {

/// The lag-1 autocorrelation Σ(x_t − m)(x_{t+1} − m)/Σ(x_t − m)², m the mean. NaN for a constant series.
inline double memory(std::span<const double> series) {
  // Something is missing; a series that stays near 100 shows what.
  double products = 0, squares = 0;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (t + 1 < series.size()) products += series[t] * series[t + 1];
    squares += series[t] * series[t];
  }
  return products / squares;
}

}  // namespace lesson
