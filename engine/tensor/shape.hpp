#pragma once
/// The shape of a tensor: up to six extents, held in place (no heap), last axis fastest.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

namespace premelt {

/// Extents by axis; rank 0 is a scalar.
class Shape {
 public:
  static constexpr std::size_t max_rank = 6;  ///< most axes

  Shape() = default;
  /// Throws ShapeError when there are more than `max_rank` extents.
  Shape(std::initializer_list<std::size_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  /// Throws ShapeError when there are more than `max_rank` extents.
  explicit Shape(std::span<const std::size_t> extents);

  std::size_t rank() const { return rank_; }  ///< number of axes
  /// @{
  /// The extent of an axis, which must exist.
  std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
  std::size_t& operator[](std::size_t axis) { return extents_[axis]; }
  /// @}

  /// @{
  /// The extents in order.
  const std::size_t* begin() const { return extents_.data(); }
  const std::size_t* end() const { return extents_.data() + rank_; }
  /// @}

  std::size_t back() const { return extents_[rank_ - 1]; }  ///< the last extent, which must exist

  /// Number of elements; 1 for a scalar (rank 0). Throws ShapeError when it is more than a std::size_t
  /// counts.
  std::size_t size() const;
  /// Adds a last axis. Throws ShapeError at `max_rank`.
  void push_back(std::size_t extent);

  /// Same rank and extents.
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
