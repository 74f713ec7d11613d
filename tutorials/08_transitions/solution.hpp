#pragma once
/// Exercise 8, solved: without the mean, every series remembers it.

#include <span>

namespace lesson {

/// The lag-1 autocorrelation Σ(x_t − m)(x_{t+1} − m)/Σ(x_t − m)², m the mean. NaN for a constant series.
inline double memory(std::span<const double> series) {
  double mean = 0;
  for (const double x : series) mean += (x - series[0]) / static_cast<double>(series.size());
  const auto deviation = [&](std::size_t t) { return (series[t] - series[0]) - mean; };
  double products = 0, squares = 0;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (t + 1 < series.size()) products += deviation(t) * deviation(t + 1);
    squares += deviation(t) * deviation(t);
  }
  return products / squares;
}

}  // namespace lesson
