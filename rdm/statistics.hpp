#pragma once
/// The statistics of scoring: order statistics, proportions, ranks. Everything in double; sizes are small.

#include <cstddef>
#include <span>

#include "rdm/null.hpp"

namespace premelt {

/// @{
/// The p-quantile (0 ≤ p ≤ 1) of the values, linear between order statistics (NumPy's default). Throws
/// UsageError without values, with p out of range or on NaN.
double quantile(std::span<const double> values, double p);
double median(std::span<const double> values);
/// @}

/// I_x(a,b), the regularised incomplete beta function, for a, b > 0 and 0 ≤ x ≤ 1 (Lentz's continued
/// fraction).
double incomplete_beta(double a, double b, double x);

/// The exact interval of a proportion from `successes` of `trials` (Clopper and Pearson, Biometrika 26,
/// 1934): it covers the truth with probability at least `confidence`. Throws UsageError without trials or
/// with more successes than trials.
Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence = 0.95);

/// The probability that a random positive exceeds a random negative, ties counting half (Mann and Whitney).
/// Throws UsageError when either side is empty or holds NaN.
double auc(std::span<const double> positives, std::span<const double> negatives);

/// Kendall's τ_b of a series against time, ties corrected; NaN when all values are equal. Windows that
/// overlap make its textbook p-value useless: compare with the τ of null runs instead (ours, settings D).
/// Throws UsageError with fewer than 2 values or on NaN.
double kendall_tau(std::span<const double> series);

}  // namespace premelt
