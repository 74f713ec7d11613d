#pragma once
/// The shape of a tensor: up to six extents, held in place (no heap), last axis fastest.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

namespace premelt {

class Shape {
 public:
  static constexpr std::size_t max_rank = 6;

  Shape() = default;
  Shape(std::initializer_list<std::size_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  /// Throws ShapeError when there are more than `max_rank` extents.
  explicit Shape(std::span<const std::size_t> extents);

  std::size_t rank() const { return rank_; }
  std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
  std::size_t& operator[](std::size_t axis) { return extents_[axis]; }
  const std::size_t* begin() const { return extents_.data(); }
  const std::size_t* end() const { return extents_.data() + rank_; }
  std::size_t back() const { return extents_[rank_ - 1]; }

  /// Number of elements; 1 for a scalar (rank 0).
  std::size_t size() const;
  void push_back(std::size_t extent);

  bool operator==(const Shape& other) const;

 private:
  std::array<std::size_t, max_rank> extents_{};
  std::size_t rank_ = 0;
};

/// "(2,3)"; "()" for a scalar.
std::string to_string(const Shape& shape);

/// The shape both operands stretch to under NumPy's broadcasting rule.
/// Throws ShapeError naming `op`, both shapes and the rule.
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b);

/// Turns a possibly negative axis into 0..rank-1. Throws ShapeError naming `op`.
std::size_t normalize_axis(const char* op, const Shape& shape, int axis);

}  // namespace premelt
