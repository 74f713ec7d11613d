#pragma once
/// Exercise 10, solved: power is the squared cosine part plus the squared sine part.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace lesson {

/// max_k P_k / Σ_k P_k, P_k the power of the column (p, odd) at the frequencies k = 1..(p−1)/2. 1 for a
/// single sinusoid of any phase.
inline double wave_share(std::span<const double> column) {
  const std::size_t p = column.size();
  double largest = 0, total = 0;
  for (std::size_t k = 1; k <= (p - 1) / 2; ++k) {
    double cosine = 0, sine = 0;
    for (std::size_t a = 0; a < p; ++a) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k * a % p) / static_cast<double>(p);
      cosine += column[a] * std::cos(angle);
      sine += column[a] * std::sin(angle);
    }
    const double power = cosine * cosine + sine * sine;
    largest = std::max(largest, power);
    total += power;
  }
  return largest / total;
}

}  // namespace lesson
