#pragma once
/// Exercise 2, solved: find for each number the one it is a copy of, and add it there.

#include "engine/tensor/tensor.hpp"

namespace lesson {

using premelt::Shape;
using premelt::Tensor;

/// The place, in a tensor of `shape`, of which place `i` of a tensor of shape `stretched` is a copy.
inline std::size_t original(std::size_t i, const Shape& stretched, const Shape& shape) {
  const std::size_t new_axes = stretched.rank() - shape.rank();  // broadcasting aligns shapes from the right
  std::size_t place = 0, stride = 1;
  for (std::size_t axis = stretched.rank(); axis-- > new_axes;) {
    const std::size_t index = i % stretched[axis], extent = shape[axis - new_axes];
    if (extent != 1) place += index * stride;  // an axis of extent 1 has a single place for all copies
    stride *= extent;
    i /= stretched[axis];
  }
  return place;
}

/// A tensor of `shape` was stretched to the shape of `cotangent`. Returns its own cotangent, of `shape`: the
/// sum over its copies.
inline Tensor<double> undo_broadcast(const Tensor<double>& cotangent, const Shape& shape) {
  Tensor<double> result(shape, 0.0);
  for (std::size_t i = 0; i < cotangent.size(); ++i) {
    result.data()[original(i, cotangent.shape(), shape)] += cotangent.data()[i];
  }
  return result;
}

}  // namespace lesson
