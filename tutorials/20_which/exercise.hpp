#pragma once
/// Exercise 20: how fast two copies part.

#include <cmath>
#include <span>

namespace lesson {

/// The rate at which distances > 0, taken every `interval` of time, grow: the least-squares slope of their
/// logarithms. Negative when the copies meet again. At least two distances.
inline double growth_rate(std::span<const double> distances, double interval) {
  // The slope of the distances themselves.
  const double n = static_cast<double>(distances.size()), middle = (n - 1) / 2;
  double products = 0, squares = 0;
  for (std::size_t t = 0; t < distances.size(); ++t) {
    const double time = static_cast<double>(t) - middle;
    products += time * distances[t];
    squares += time * time;
  }
  return products / squares / interval;
}

}  // namespace lesson
