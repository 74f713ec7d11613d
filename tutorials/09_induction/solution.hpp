#pragma once
/// Exercise 9, solved.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Tensor;

/// The attention that `weights` (T,T), queries by keys, puts on the successors of all earlier copies of the
/// query: on keys t − P + 1, t − 2P + 1, ... for query t and period P. The mean over queries t = P..T−1.
inline double induction_score(const Tensor<double>& weights, std::size_t period) {
  const std::size_t length = weights.shape()[0];
  double sum = 0;
  for (std::size_t t = period; t < length; ++t) {
    for (std::size_t back = period; back <= t; back += period) sum += weights(t, t - back + 1);
  }
  return sum / static_cast<double>(length - period);
}

}  // namespace lesson
