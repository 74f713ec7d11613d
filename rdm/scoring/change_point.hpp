#pragma once
/// Tests for a change of the mean of a series, here of the mean loss of the last W recordings: the rivals
/// that statistics has had since the 1950s. Both look for a fall. Larger = more alarming.

#include <span>

namespace premelt {

/// Page's cumulative sum (Biometrika 41:100, 1954). The first half of the series is the reference, with mean
/// μ and standard deviation s; over the second half S ← max(0, S + (μ − x)/s − ½), and the largest S counts.
/// No unit: a fall by s is worth ½ a recording. NaN when the reference has no spread but rounding, and for
/// fewer than 4 numbers.
double cusum(std::span<const double> x);

/// Page and Hinkley's test (Biometrika 58:509, 1971) without a tolerance: U_t = Σ_{i≤t} (x_i − x̄_i) with x̄_i
/// the mean of the first i numbers, and the fall of U from its maximum (at least 0) to its end counts. In
/// units of the loss. NaN for no numbers.
double page_hinkley(std::span<const double> x);

}  // namespace premelt
