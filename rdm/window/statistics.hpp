#pragma once
/// The statistics of scoring: means, order statistics, proportions, ranks. Everything in double; sizes are
/// small.

#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "rdm/window/null.hpp"

namespace premelt {

/// The arithmetic mean; NaN without values.
inline double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// @{
/// The p-quantile (0 ≤ p ≤ 1) of the values, linear between order statistics (NumPy's default). Throws
/// UsageError without values, with p out of range or on NaN.
double quantile(std::span<const double> values, double p);
double median(std::span<const double> values);
/// @}

/// The exact interval of a proportion from `successes` of `trials` (Clopper and Pearson, Biometrika 26,
/// 1934): it covers the truth with probability at least `confidence`. Throws UsageError without trials or
/// with more successes than trials.
Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence = 0.95);

/// The p-quantile (0.5 ≤ p < 1) of Student's distribution with `degrees` > 0 degrees of freedom: how many
/// standard errors an interval spans when the error itself is estimated.
double student_quantile(double degrees, double p);

/// The probability that a random positive exceeds a random negative, ties counting half (Mann and Whitney).
/// Throws UsageError when either side is empty or holds NaN.
double auc(std::span<const double> positives, std::span<const double> negatives);

/// Kendall's τ_b of a series against time, ties corrected; NaN when all values are equal. Windows that
/// overlap make its textbook p-value useless: compare with the τ of null runs instead (ours).
/// Throws UsageError with fewer than 2 values or on NaN.
double kendall_tau(std::span<const double> series);

/// Kendall's rank correlation of a growing series with time, in units of its standard deviation for
/// independent values, S/√(m(m-1)(2m+5)/18): comparable between series of different lengths m. Values of
/// overlapping windows are not independent, so it has no p-value: its null is what event-free runs give.
class KendallTrend {
 public:
  /// Takes the next value, O(m); returns the trend so far: 0 for the first value, NaN from the first NaN on.
  double push(double value);

 private:
  std::vector<double> values_;
  double concordance_ = 0;  ///< S: rising minus falling pairs
};

}  // namespace premelt
