#pragma once
/// A covariance known from draws, with its Monte-Carlo error.

#include <cmath>
#include <functional>
#include <vector>

#include "engine/tensor.hpp"

namespace premelt {

/// A sampled covariance.
struct Estimate {
  Tensor<double> covariance;  ///< (n,n), loss²
  /// The same from B disjoint groups of draws, each (n,n): their spread is the Monte-Carlo error.
  std::vector<Tensor<double>> batches;

  /// Of `covariance`, in the Frobenius norm: √(Σ_ij Var_b(C_ij)/B). NaN with fewer than two batches.
  double standard_error() const;
};

/// The standard error of functional(C) by the jackknife over the batches (Efron, "The jackknife, the
/// bootstrap and other resampling plans", 1982). NaN with fewer than two batches.
double jackknife_error(const Estimate& estimate,
                       const std::function<double(const Tensor<double>&)>& functional);

/// √Σ x², of all elements.
double frobenius_norm(const Tensor<double>& matrix);

}  // namespace premelt
