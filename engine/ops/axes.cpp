#include "engine/ops/axes.hpp"

#include <algorithm>

#include "engine/tensor/error.hpp"

namespace premelt {

Axes::Axes(std::span<const int> axes) {
  if (axes.size() > axes_.size()) throw ShapeError("[axes] more axes than a shape can have");
  for (int axis : axes) axes_[count_++] = axis;
}

Shape keep_axes(const char* op, const Shape& shape, const Axes& axes) {
  Shape kept = shape;
  std::array<bool, Shape::max_rank> seen{};
  for (int axis : axes) {
    const std::size_t at = normalize_axis(op, shape, axis);
    if (seen[at]) {
      throw ShapeError("[" + std::string(op) + "] axis " + std::to_string(axis) + " of shape " +
                       to_string(shape) + " is named twice");
    }
    seen[at] = true;
    kept[at] = 1;
  }
  return kept;
}

Shape drop_axes(const Shape& shape, const Axes& axes) {
  std::array<bool, Shape::max_rank> dropped{};
  for (int axis : axes) dropped[normalize_axis("drop_axes", shape, axis)] = true;
  Shape result;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (!dropped[axis]) result.push_back(shape[axis]);
  }
  return result;
}

bool keeps_first(const Shape& shape, const Axes& axes) {
  return std::ranges::none_of(axes,
                              [&](int axis) { return normalize_axis("keeps_first", shape, axis) == 0; });
}

}  // namespace premelt
