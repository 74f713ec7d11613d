#include "engine/tensor/shape.hpp"

#include <algorithm>
#include <ostream>

#include "engine/tensor/error.hpp"

namespace premelt {

Shape::Shape(std::span<const std::size_t> extents) : rank_(extents.size()) {
  if (extents.size() > max_rank) {
    throw ShapeError("[shape] rank " + std::to_string(extents.size()) +
                     " is more than the largest supported, " + std::to_string(max_rank));
  }
  std::copy(extents.begin(), extents.end(), extents_.begin());
}

std::size_t Shape::size() const {
  std::size_t product = 1;
  bool overflow = false;
  for (std::size_t extent : *this) {
    if (extent == 0) return 0;
    overflow = __builtin_mul_overflow(product, extent, &product) || overflow;
  }
  if (overflow) throw ShapeError("[shape] " + to_string(*this) + " has more elements than can be counted");
  return product;
}

void Shape::push_back(std::size_t extent) {
  if (rank_ == max_rank) throw ShapeError("[shape] cannot add an axis to " + to_string(*this));
  extents_[rank_++] = extent;
}

bool Shape::operator==(const Shape& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (axis > 0) text += ",";
    text += std::to_string(shape[axis]);
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << to_string(shape);
}

void TargetShape::Extent::refuse(long long value) {
  throw ShapeError("[reshape] an extent is a number from 0 on, or -1 for what is left, got " +
                   std::to_string(value));
}

TargetShape::TargetShape(std::initializer_list<Extent> extents) {
  for (const Extent& extent : extents) shape_.push_back(extent.value());
}

Shape TargetShape::resolve(std::size_t size) const {
  const auto open = std::ranges::count(shape_, left_over);
  if (open == 0) return shape_;
  if (open > 1) throw ShapeError("[reshape] only one extent can be -1");
  Shape known = shape_;
  std::size_t& missing =
      known[static_cast<std::size_t>(std::ranges::find(shape_, left_over) - shape_.begin())];
  missing = 1;
  const std::size_t others = known.size();
  if (others == 0 || size % others != 0) {
    throw ShapeError("[reshape] " + std::to_string(size) +
                     " elements cannot be divided by the extents given, " + to_string(known) +
                     " with 1 in place of -1");
  }
  missing = size / others;
  return known;
}

Shape broadcast_shape(const char* op, const Shape& a, const Shape& b) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  const std::size_t offset = longer.rank() - shorter.rank();
  Shape result = longer;
  for (std::size_t axis = 0; axis < shorter.rank(); ++axis) {
    const std::size_t x = longer[offset + axis], y = shorter[axis];
    if (x != y && x != 1 && y != 1) {
      throw ShapeError("[" + std::string(op) + "] shapes do not broadcast: " + to_string(a) + " and " +
                       to_string(b) + ": aligned from the right, extents must be equal or 1, but " +
                       std::to_string(x) + " != " + std::to_string(y));
    }
    result[offset + axis] = x == 1 ? y : x;
  }
  return result;
}

std::size_t normalize_axis(const char* op, const Shape& shape, int axis) {
  const int rank = static_cast<int>(shape.rank());
  if (axis < -rank || axis >= rank) {
    throw ShapeError("[" + std::string(op) + "] axis " + std::to_string(axis) + " is outside shape " +
                     to_string(shape) + " of rank " + std::to_string(rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

}  // namespace premelt
