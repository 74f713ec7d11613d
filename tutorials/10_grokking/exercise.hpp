#pragma once
/// Exercise 10: is this column a wave?

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace lesson {

/// max_k P_k / Σ_k P_k, P_k the power of the column (p, odd) at the frequencies k = 1..(p−1)/2. 1 for a
/// single sinusoid of any phase.
inline double wave_share(std::span<const double> column) {
  // Sees cosines only.
  const std::size_t p = column.size();
  double largest = 0, total = 0;
  for (std::size_t k = 1; k <= (p - 1) / 2; ++k) {
    double wave = 0;
    for (std::size_t a = 0; a < p; ++a) {
      wave += column[a] *
              std::cos(2 * std::numbers::pi * static_cast<double>(k * a % p) / static_cast<double>(p));
    }
    largest = std::max(largest, wave * wave);
    total += wave * wave;
  }
  return largest / total;
}

}  // namespace lesson
