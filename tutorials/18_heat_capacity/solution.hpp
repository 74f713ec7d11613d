#pragma once
/// Exercise 18, solved: the variance of a sum is the sum of all covariances.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// β²·Var(E) of the energy E = Σ_i ℓ_i, from the covariance `c` (n,n) of the losses ℓ_i under a Gibbs measure
/// at the inverse temperature `beta`.
inline double heat_capacity(const Tensor<double>& c, double beta) {
  double sum = 0;
  for (const double element : c.flat()) sum += element;
  return beta * beta * sum;
}

}  // namespace lesson
