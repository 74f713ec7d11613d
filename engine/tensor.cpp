#include "engine/tensor.hpp"

#include <ostream>
#include <unordered_map>
#include <xtensor/xio.hpp>
#include <xtensor/xstorage.hpp>

#include "engine/error.hpp"
#include "engine/xtensor.hpp"

namespace premelt {

template <class T>
struct TensorBuffer {
  explicit TensorBuffer(std::size_t size) : values(size) {}
  xt::uvector<T> values;
};

namespace {

/// Freed buffers, kept for the next tensor of the same size. A training step asks for the same sizes again
/// and again, and memory handed back to the system costs a page fault every 4 KB when it returns: a third of
/// a small transformer's step. Each thread has its own store, so there are no locks.
template <class T>
class BufferStore {
 public:
  static std::shared_ptr<TensorBuffer<T>> acquire(std::size_t size) {
    return {alive_ ? store().take(size) : new TensorBuffer<T>(size), release};
  }

  ~BufferStore() { alive_ = false; }

 private:
  using Buffers = std::vector<std::unique_ptr<TensorBuffer<T>>>;
  static constexpr std::size_t byte_limit = std::size_t{1} << 30;

  static BufferStore& store() {
    thread_local BufferStore instance;
    return instance;
  }

  static void release(TensorBuffer<T>* buffer) {
    std::unique_ptr<TensorBuffer<T>> owner(buffer);
    if (alive_) store().keep(std::move(owner));
  }

  TensorBuffer<T>* take(std::size_t size) {
    Buffers& buffers = free_[size];
    if (buffers.empty()) return new TensorBuffer<T>(size);
    TensorBuffer<T>* buffer = buffers.back().release();
    buffers.pop_back();
    bytes_ -= footprint(*buffer);
    return buffer;
  }

  void keep(std::unique_ptr<TensorBuffer<T>> buffer) {
    if (bytes_ + footprint(*buffer) > byte_limit) return;
    bytes_ += footprint(*buffer);
    free_[buffer->values.size()].push_back(std::move(buffer));
  }

  static std::size_t footprint(const TensorBuffer<T>& buffer) {
    return buffer.values.size() * sizeof(T) + 64;
  }

  std::unordered_map<std::size_t, Buffers> free_;
  std::size_t bytes_ = 0;
  /// False once this thread's store is gone: tensors of static duration may outlive it.
  inline static thread_local bool alive_ = true;
};

}  // namespace

template <class T>
Tensor<T>::Tensor(const Shape& shape)
    : shape_(shape),
      size_(shape.size()),
      buffer_(BufferStore<T>::acquire(size_)),
      data_(buffer_->values.data()) {}

template <class T>
Tensor<T>::Tensor(const Shape& shape, T fill_value) : Tensor(shape) {
  fill(fill_value);
}

template <class T>
Tensor<T>::Tensor(const Shape& shape, const std::vector<T>& values) : Tensor(shape) {
  if (values.size() != size_) {
    throw ShapeError("[tensor] shape " + to_string(shape) + " holds " + std::to_string(size_) +
                     " values, but " + std::to_string(values.size()) + " were given");
  }
  std::copy(values.begin(), values.end(), data_);
}

template <class T>
T Tensor<T>::item() const {
  if (size_ != 1) throw ShapeError("[item] needs exactly one element, shape is " + to_string(shape_));
  return data_[0];
}

template <class T>
Tensor<T> Tensor<T>::reshape(const Shape& shape) const {
  if (shape.size() != size_) {
    throw ShapeError("[reshape] " + to_string(shape_) + " -> " + to_string(shape) + ": sizes differ, " +
                     std::to_string(size_) + " != " + std::to_string(shape.size()));
  }
  Tensor result = *this;
  result.shape_ = shape;
  return result;
}

template <class T>
Tensor<T> Tensor<T>::window(std::size_t offset, const Shape& shape) const {
  if (offset + shape.size() > size_) {
    throw ShapeError("[window] " + to_string(shape) + " from " + std::to_string(offset) + " on needs " +
                     std::to_string(offset + shape.size()) + " values, " + to_string(shape_) + " holds " +
                     std::to_string(size_));
  }
  Tensor result = *this;
  result.shape_ = shape;
  result.size_ = shape.size();
  result.data_ = data_ + offset;
  return result;
}

template <class T>
Tensor<T> Tensor<T>::clone() const {
  Tensor copy(shape_);
  std::copy_n(data_, size_, copy.data_);
  return copy;
}

template <class T>
std::ostream& operator<<(std::ostream& out, const Tensor<T>& tensor) {
  return out << to_xarray(tensor);
}

template class Tensor<float>;
template class Tensor<double>;
template class Tensor<std::int64_t>;
template class Tensor<std::uint64_t>;
template std::ostream& operator<<(std::ostream&, const Tensor<float>&);
template std::ostream& operator<<(std::ostream&, const Tensor<double>&);
template std::ostream& operator<<(std::ostream&, const Tensor<std::int64_t>&);

}  // namespace premelt
