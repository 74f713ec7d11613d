#pragma once
/// How sure a score is: bootstrap over runs and over controls, the sign test, and many tests at once.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "rdm/scoring/matched_rates.hpp"
#include "rdm/window/null.hpp"

namespace premelt {

/// Resamples of every interval (theory §6).
inline constexpr std::size_t resample_count = 10'000;

/// Two-way bootstrap: `runs` runs and `controls` controls drawn with replacement, independently of each
/// other, since the pairs of a run and a control are not independent (ours, after Owen, Annals of Applied
/// Statistics 1, 2007). The random stream has the given name and nothing else in common with any other.
std::vector<Sample> resamples(std::size_t runs, std::size_t controls, std::string_view stream,
                              std::size_t count = resample_count);

/// From the 2.5 to the 97.5 % point of resampled values. Both ends NaN without values.
Interval percentile_interval(std::vector<double> values);

/// 95 % interval of a rate whose resamples are given: Clopper and Pearson's for as many independent
/// observations as have the resamples' variance, at most `most` (Korn and Graubard, Survey Methodology 24,
/// 1998). Where the rate is 0 or 1, which no resample can tell from certainty, the exact one for `most`.
/// Percentiles would miss the truth too often where the rate is a few in a hundred.
Interval rate_interval(double rate, std::span<const double> resampled, std::size_t most);

/// 95 % percentile bootstrap of the median over `resample_count` resamples of the values. Throws UsageError
/// without values or on NaN.
Interval median_interval(std::span<const double> values, std::string_view stream);

/// The exact two-sided p of the sign test: of the values that are not 0, as many or more on one side by
/// chance. 1 when all are 0.
double sign_test(std::span<const double> differences);

/// Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): p values that hold for the whole
/// family. NaN stays NaN and counts for nothing.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace premelt
