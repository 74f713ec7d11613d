#pragma once
/// What a correlated series is worth in independent draws.

#include <span>

namespace premelt {

/// Integrated autocorrelation time τ ≥ 1 in draws: M correlated draws know a mean as well as M/τ independent
/// ones. Sum of autocorrelations up to the first non-positive pair of neighbours (Geyer, "Practical Markov
/// chain Monte Carlo", Statistical Science 1992). 1 for a constant series. Throws ShapeError for fewer than 4
/// values.
double autocorrelation_time(std::span<const double> series);

/// M/τ.
double effective_sample_size(std::span<const double> series);

/// Standard error of the series' mean, √(Var·τ/M).
double standard_error_of_mean(std::span<const double> series);

}  // namespace premelt
