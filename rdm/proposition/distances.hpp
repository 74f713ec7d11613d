#pragma once
/// How far two covariances agree: the numbers beside the pictures. (ours)

#include <vector>

#include "rdm/samplers/estimate.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

/// ‖model − reference‖_F/‖reference‖_F. NaN when the reference is zero.
double relative_error(const Tensor<double>& model, const Tensor<double>& reference);

/// |v₁·w₁| of the top eigenvectors. NaN when either matrix singles out no direction.
double top_overlap(const Tensor<double>& a, const Tensor<double>& b);

/// The k principal angles between the spaces of the k leading eigenvectors, ascending, in radians: 0 where
/// they share a direction (Björck and Golub, "Numerical methods for computing angles between linear
/// subspaces", 1973). Throws UsageError unless 1 ≤ k ≤ n; fewer angles come back when a matrix has a smaller
/// rank.
std::vector<double> principal_angles(const Tensor<double>& a, const Tensor<double>& b, std::size_t k);

/// The least-squares slope of log y against log x. NaN with fewer than two points or a value that is not
/// positive.
double log_log_slope(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace premelt
