#pragma once
/// Sums and means over axes, accumulated in double.

#include <array>
#include <initializer_list>

#include "engine/tape/var.hpp"

namespace premelt {

/// Some axes of a tensor; negative ones count from the last.
class Axes {
 public:
  /// One axis. Implicit, so that `sum(x, -1)` reads as it should.
  Axes(int axis) : Axes({axis}) {}
  /// Throws ShapeError when there are more axes than a shape can have.
  Axes(std::initializer_list<int> axes);

  /// @{
  /// The axes as they were given.
  const int* begin() const { return axes_.data(); }
  const int* end() const { return axes_.data() + count_; }
  std::size_t count() const { return count_; }
  /// @}

 private:
  std::array<int, Shape::max_rank> axes_{};
  std::size_t count_ = 0;
};

/// @{
/// All elements; a scalar of shape ().
template <class T>
Var<T> sum(const Var<T>& x);
template <class T>
Var<T> mean(const Var<T>& x);
/// @}

/// @{
/// Over `axes`, which disappear from the shape, or stay with extent 1 when `keepdims`.
/// Throws ShapeError for an axis outside the shape or named twice.
template <class T>
Var<T> sum(const Var<T>& x, const Axes& axes, bool keepdims = false);
template <class T>
Var<T> mean(const Var<T>& x, const Axes& axes, bool keepdims = false);
/// @}

/// Stretches x to `shape` by broadcasting. Throws ShapeError when it does not fit.
template <class T>
Var<T> expand(const Var<T>& x, const Shape& shape);

/// The transpose of `expand`: sums x over what broadcasting `shape` to x's shape had stretched. Throws
/// ShapeError when `shape` does not broadcast to x's shape.
template <class T>
Var<T> sum_to(const Var<T>& x, const Shape& shape);

}  // namespace premelt
