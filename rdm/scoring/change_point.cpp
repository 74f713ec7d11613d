#include "rdm/scoring/change_point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// Half a standard deviation a recording: Page's choice against a fall by one.
constexpr double allowance = 0.5;

}  // namespace

double cusum(std::span<const double> x) {
  if (x.size() < 4) return undefined;
  const auto reference = x.first(x.size() / 2);
  const auto count = static_cast<double>(reference.size());
  double mean = 0, squares = 0;
  for (double value : reference) mean += value / count;
  for (double value : reference) squares += (value - mean) * (value - mean);
  const double spread = std::sqrt(squares / count);
  if (!(spread > count * std::numeric_limits<double>::epsilon() * std::abs(mean))) return undefined;
  double sum = 0, largest = 0;
  for (double value : x.subspan(reference.size())) {
    sum = std::max(0.0, sum + (mean - value) / spread - allowance);
    largest = std::max(largest, sum);
  }
  return largest;
}

double page_hinkley(std::span<const double> x) {
  double total = 0, sum = 0, largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += x[i];
    sum += x[i] - total / static_cast<double>(i + 1);
    largest = std::max(largest, sum);
  }
  return x.empty() ? undefined : largest - sum;
}

}  // namespace premelt
