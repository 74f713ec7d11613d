#pragma once
/// The shape of a tensor: up to six extents, held in place (no heap), last axis fastest.

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iosfwd>
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
/// The same text.
std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// A shape to reshape to. One extent may be -1, which stands for whatever is left: `reshape(x, {n, -1})`.
class TargetShape {
 public:
  /// A whole number of any type.
  class Extent {
   public:
    /// As it is given: -1 stays -1. Throws ShapeError for any other negative number.
    template <std::integral I>
    Extent(I value) : value_(static_cast<std::size_t>(value)) {
      if (std::signed_integral<I> && value < I(-1)) refuse(static_cast<long long>(value));
    }
    std::size_t value() const { return value_; }  ///< `left_over` for -1

   private:
    [[noreturn]] static void refuse(long long value);
    std::size_t value_;
  };
  /// Stands for -1.
  static constexpr std::size_t left_over = ~std::size_t{0};

  /// Every extent is given.
  TargetShape(const Shape& shape) : shape_(shape) {}
  /// Throws ShapeError when there are more than Shape::max_rank extents.
  TargetShape(std::initializer_list<Extent> extents);
  /// The shape of `size` numbers. Throws ShapeError when more than one extent is -1, or the others do not
  /// divide the size.
  Shape resolve(std::size_t size) const;

 private:
  Shape shape_;
};

/// The shape both operands stretch to under NumPy's broadcasting rule.
/// Throws ShapeError naming `op`, both shapes and the rule.
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b);

/// Turns a possibly negative axis into 0..rank-1. Throws ShapeError naming `op`.
std::size_t normalize_axis(const char* op, const Shape& shape, int axis);

}  // namespace premelt
