#pragma once
/// Lists of axes, as ops over axes take them, and the shapes that such ops leave.

#include <array>
#include <initializer_list>
#include <span>

#include "engine/tensor/shape.hpp"

namespace premelt {

/// Some axes of a tensor; negative ones count from the last.
class Axes {
 public:
  /// One axis. Implicit, so that `sum(x, -1)` reads as it should.
  Axes(int axis) : Axes(std::span<const int>(&axis, 1)) {}
  /// Throws ShapeError when there are more axes than a shape can have.
  Axes(std::initializer_list<int> axes) : Axes(std::span(axes.begin(), axes.size())) {}
  /// The same from a list made at run time.
  explicit Axes(std::span<const int> axes);

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

/// `shape` with extent 1 along `axes`. Throws ShapeError, naming `op`, for an axis outside the shape or named
/// twice.
Shape keep_axes(const char* op, const Shape& shape, const Axes& axes);

/// `shape` without `axes`, which must be its own.
Shape drop_axes(const Shape& shape, const Axes& axes);

/// Whether what is reduced over `axes` keeps the first axis, that of the samples.
bool keeps_first(const Shape& shape, const Axes& axes);

}  // namespace premelt
