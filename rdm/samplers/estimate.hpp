#pragma once
/// A covariance known from draws, with its Monte-Carlo error.

#include <cmath>
#include <span>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A sampled covariance.
struct Estimate {
  Tensor<double> covariance;  ///< (n,n), loss²
  /// The same from B disjoint groups of draws, each (n,n): their spread is the Monte-Carlo error.
  std::vector<Tensor<double>> batches;

  /// Of `covariance`, in the Frobenius norm: √(Σ_ij Var_b(C_ij)/B). NaN with fewer than two batches.
  double standard_error() const;
};

/// The estimate with each of its batches left out in turn; nothing with fewer than two batches.
std::vector<Tensor<double>> leave_one_out(const Estimate& estimate);

/// The standard error of a number by the jackknife, from its values with each group of draws left out in turn
/// (Efron, "The jackknife, the bootstrap and other resampling plans", 1982). NaN with fewer than two.
double jackknife_error(std::span<const double> without);

/// √Σ x², of all elements.
double frobenius_norm(const Tensor<double>& matrix);

}  // namespace premelt
