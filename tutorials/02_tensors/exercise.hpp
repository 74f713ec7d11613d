#pragma once
/// Exercise 2: the way back through broadcasting, with plain loops.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Shape;
using premelt::Tensor;

/// A tensor of `shape` was stretched to the shape of `cotangent`. Returns its own cotangent, of `shape`: the
/// sum over its copies.
inline Tensor<double> undo_broadcast(const Tensor<double>& cotangent, const Shape& shape) {
  // Right for a row (3) that became (2,3); wrong for a column (2,1).
  Tensor<double> result(shape, 0.0);
  for (std::size_t i = 0; i < cotangent.size(); ++i) result.data()[i % result.size()] += cotangent.data()[i];
  return result;
}

}  // namespace lesson
