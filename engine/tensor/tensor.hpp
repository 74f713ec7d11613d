#pragma once
/// Dense row-major tensors. xtensor provides the storage and the printing (see tensor.cpp and xtensor.hpp);
/// arithmetic lives in the ops, the BLAS room and plain loops over `data()`.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/tensor/nested_list.hpp"
#include "engine/tensor/shape.hpp"

namespace premelt {

template <class T>
struct TensorBuffer;  // owns an xt::uvector<T>

/// An array of another library, or a recipe for one, that walks through its numbers row by row, as all
/// expressions of xtensor do.
template <class E>
concept ArrayExpression = requires(const E& e) {
  e.dimension();
  e.shape().begin();
  *e.begin();
};

/// A shape and a shared buffer. Copying a tensor is cheap and shares the buffer; `clone()` copies the
/// numbers. Instantiated for float, double, std::int64_t and std::uint64_t.
template <class T>
class Tensor {
 public:
  /// The element type.
  using value_type = T;

  /// No numbers, no allocation: shape (0).
  Tensor() : shape_{0}, size_(0), data_(nullptr) {}
  /// Uninitialised numbers. This and every other way to make a tensor throws Error when there is no memory.
  explicit Tensor(const Shape& shape);
  /// Every number is `fill`.
  Tensor(const Shape& shape, T fill);
  /// @{
  /// The given values in order: one in braces is one value, not a fill. Throws ShapeError when their number
  /// is not the shape's size.
  Tensor(const Shape& shape, std::span<const T> values);
  Tensor(const Shape& shape, const std::vector<T>& values) : Tensor(shape, std::span<const T>(values)) {}
  Tensor(const Shape& shape, std::initializer_list<T> values)
      : Tensor(shape, std::span<const T>(values.begin(), values.size())) {}
  /// @}
  /// The numbers of an xtensor expression, computed now and converted to T: `Tensor<double>(xt::sin(a))`.
  /// Throws ShapeError when it has more than Shape::max_rank axes.
  template <ArrayExpression E>
  explicit Tensor(const E& expression);
  /// One number, shape ().
  static Tensor scalar(T value) { return Tensor(Shape{}, value); }
  /// From lists in lists, one level an axis: `Tensor<double>::of({{1, 2}, {3, 4}})`. Throws ShapeError when
  /// lists side by side differ in shape.
  static Tensor of(const NestedList<T>& list) { return Tensor(list.shape(), list.flat()); }

  /// @{
  /// Shares the buffer.
  Tensor(const Tensor&) = default;
  Tensor& operator=(const Tensor&) = default;
  /// @}
  ~Tensor() = default;
  /// @{
  /// Leaves an empty tensor behind.
  Tensor(Tensor&& other) noexcept : Tensor() { swap(other); }
  Tensor& operator=(Tensor&& other) noexcept {
    Tensor(std::move(other)).swap(*this);
    return *this;
  }
  /// @}

  const Shape& shape() const { return shape_; }       ///< extents by axis
  std::size_t rank() const { return shape_.rank(); }  ///< number of axes
  std::size_t size() const { return size_; }          ///< number of elements
  bool empty() const { return size_ == 0; }           ///< no elements

  /// @{
  /// The numbers, row-major. Those of a temporary may be gone at the semicolon: name the tensor to keep them.
  T* data() { return data_; }
  const T* data() const { return data_; }
  std::span<T> flat() { return {data_, size_}; }
  std::span<const T> flat() const { return {data_, size_}; }
  /// @}

  /// @{
  /// The same numbers as an xtensor array: no copy, reads and writes, and lives no longer than the tensor.
  /// Defined in engine/tensor/xtensor.hpp, which who uses it includes.
  auto array() &;
  auto array() const&;
  void array() const&& = delete;
  /// @}

  /// @{
  /// An element of a tensor of that rank. Indices are not checked.
  T& operator()(std::size_t i) { return data_[i]; }
  T operator()(std::size_t i) const { return data_[i]; }
  T& operator()(std::size_t i, std::size_t j) { return data_[i * shape_[1] + j]; }
  T operator()(std::size_t i, std::size_t j) const { return data_[i * shape_[1] + j]; }
  T& operator()(std::size_t i, std::size_t j, std::size_t k) {
    return data_[(i * shape_[1] + j) * shape_[2] + k];
  }
  T operator()(std::size_t i, std::size_t j, std::size_t k) const {
    return data_[(i * shape_[1] + j) * shape_[2] + k];
  }
  /// @}

  /// @{
  /// Row i of a matrix.
  std::span<T> row(std::size_t i) { return {data_ + i * shape_[1], shape_[1]}; }
  std::span<const T> row(std::size_t i) const { return {data_ + i * shape_[1], shape_[1]}; }
  /// @}

  /// The single element. Throws ShapeError when there is not exactly one.
  T item() const;
  /// Same numbers, shared, under another shape, of which one extent may be -1: whatever is left. Throws
  /// ShapeError when the sizes differ.
  Tensor reshape(const TargetShape& target) const;
  /// The numbers from `offset` on, shared, as a tensor of `shape`, as std::span's. Throws ShapeError when
  /// they do not fit.
  Tensor subspan(std::size_t offset, const Shape& shape) const;
  /// A copy with a buffer of its own.
  Tensor clone() const;
  /// Sets every number, for all who share the buffer.
  void fill(T value) {
    std::fill_n(data_, size_, value);
    mark_changed();
  }
  /// Whether a change in one would show in the other.
  bool shares_buffer_with(const Tensor& other) const {
    return buffer_ != nullptr && buffer_ == other.buffer_;
  }
  /// Nobody else holds the buffer, so its numbers may be changed in place.
  bool unique() const { return buffer_.use_count() == 1; }

  /// How often the numbers of the buffer were said to have changed: by `fill`, by optimisers, by loading a
  /// checkpoint. What is written through `data()` and its kin is not noticed.
  std::uint64_t version() const;
  /// Says that the numbers have changed. A backward pass that needed the old ones will then throw.
  void mark_changed();

 private:
  void swap(Tensor& other) noexcept {
    std::swap(shape_, other.shape_);
    std::swap(size_, other.size_);
    std::swap(buffer_, other.buffer_);
    std::swap(data_, other.data_);
  }

  Shape shape_;
  std::size_t size_;
  std::shared_ptr<TensorBuffer<T>> buffer_;
  T* data_;
};

template <class T>
template <ArrayExpression E>
Tensor<T>::Tensor(const E& expression) : Tensor() {
  std::vector<std::size_t> extents(expression.shape().begin(), expression.shape().end());
  Tensor numbers{Shape(std::span<const std::size_t>(extents))};
  std::transform(expression.begin(), expression.end(), numbers.data(),
                 [](const auto& x) { return static_cast<T>(x); });
  swap(numbers);
}

/// Class, token or row numbers.
using Indices = Tensor<std::int64_t>;

/// Element-wise conversion to another element type.
template <class To, class From>
Tensor<To> cast(const Tensor<From>& from) {
  Tensor<To> to(from.shape());
  std::transform(from.flat().begin(), from.flat().end(), to.data(),
                 [](From x) { return static_cast<To>(x); });
  return to;
}

/// Prints as NumPy does, through xtensor.
template <class T>
std::ostream& operator<<(std::ostream& out, const Tensor<T>& tensor);

}  // namespace premelt
