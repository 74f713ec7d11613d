#pragma once
/// The view of a tensor as rows over its last axis. For .cpp files of ops only.

#include <string>

#include "engine/tensor/error.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt::kernels {

/// `count` rows of `length` numbers.
struct Rows {
  std::size_t count;   ///< of rows
  std::size_t length;  ///< of a row
};

/// Throws ShapeError, naming `op`, for a scalar.
inline Rows rows_of(const char* op, const Shape& shape) {
  if (shape.rank() == 0) throw ShapeError("[" + std::string(op) + "] needs at least one axis, shape is ()");
  const std::size_t length = shape.back();
  return {length == 0 ? 0 : shape.size() / length, length};
}

/// The shape without its last axis.
inline Shape drop_last(const Shape& shape) {
  return Shape(std::span(shape.begin(), shape.rank() - 1));
}

/// The shape with its last extent set to 1.
inline Shape last_to_one(Shape shape) {
  shape[shape.rank() - 1] = 1;
  return shape;
}

}  // namespace premelt::kernels
