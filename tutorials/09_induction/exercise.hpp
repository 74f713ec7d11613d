#pragma once
/// Exercise 9: is this an induction head?

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// The attention that `weights` (T,T), queries by keys, puts on the successors of all earlier copies of the
/// query: on keys t − P + 1, t − 2P + 1, ... for query t and period P. The mean over queries t = P..T−1.
inline double induction_score(const Tensor<double>& weights, std::size_t period) {
  // Looks at the copies themselves, and only at the last one.
  const std::size_t length = weights.shape()[0];
  double sum = 0;
  for (std::size_t t = period; t < length; ++t) sum += weights(t, t - period);
  return sum / static_cast<double>(length - period);
}

}  // namespace lesson
