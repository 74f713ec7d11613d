#pragma once
/// The view of a tensor as (outer, extent, inner) around one axis. For .cpp files of ops only.

#include "engine/tensor/shape.hpp"

namespace premelt::kernels {

/// Element (o, k, i) stands at (o·extent + k)·inner + i.
struct Around {
  std::size_t outer = 1;  ///< product of the extents before the axis
  std::size_t extent;     ///< of the axis
  std::size_t inner = 1;  ///< product of the extents after it

  /// `axis` must be one of the shape's.
  Around(const Shape& shape, std::size_t axis) : extent(shape[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer *= shape[i];
    for (std::size_t i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }

  /// Calls line(first) for every line along the axis; its elements are `inner` apart.
  template <class Line>
  void for_each_line(Line line) const {
    for (std::size_t o = 0; o < outer; ++o) {
      for (std::size_t i = 0; i < inner; ++i) line(o * extent * inner + i);
    }
  }
};

/// `shape` with another extent along `axis`.
inline Shape with_extent(Shape shape, std::size_t axis, std::size_t extent) {
  shape[axis] = extent;
  return shape;
}

}  // namespace premelt::kernels
