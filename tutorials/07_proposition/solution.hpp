#pragma once
/// Exercise 7, solved: σ² g_i·g_j + ½σ⁴ tr(H_iH_j). The mixed terms are odd in δ and vanish.

#include <span>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Shape;
using premelt::Tensor;

/// Σ a·b over all elements: g_i·g_j, and for symmetric matrices tr(H_iH_j).
inline double inner(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// C (n,n) of ℓ_i = g_i·δ + ½δᵀH_iδ for δ ~ N(0, σ²I), at any σ. `gradients` (n,p); `hessians` n matrices
/// (p,p), symmetric.
inline Tensor<double> quadratic_covariance(const Tensor<double>& gradients,
                                           const std::vector<Tensor<double>>& hessians, double sigma) {
  const std::size_t n = gradients.shape()[0];
  const double variance = sigma * sigma;
  Tensor<double> c(Shape{n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      c(i, j) = variance * inner(gradients.row(i), gradients.row(j)) +
                0.5 * variance * variance * inner(hessians[i].flat(), hessians[j].flat());
    }
  }
  return c;
}

}  // namespace lesson
