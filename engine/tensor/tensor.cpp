#include "engine/tensor/tensor.hpp"

#include <limits>
#include <new>
#include <ostream>
#include <xtensor/xio.hpp>
#include <xtensor/xstorage.hpp>

#include "engine/tensor/buffer_store.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/xtensor.hpp"

namespace premelt {

template <class T>
struct TensorBuffer {
  explicit TensorBuffer(std::size_t size) : values(size) {}
  xt::uvector<T> values;
  std::uint64_t version = 0;
};

namespace {

// The sanitizer must see a buffer die when its tensor does, so that reading it afterwards is found out.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool reuse_buffers = false;
#elif defined(__has_feature)
constexpr bool reuse_buffers = !__has_feature(address_sanitizer);
#else
constexpr bool reuse_buffers = true;
#endif

/// This thread's store of freed buffers: no locks.
template <class T>
class ThreadStore {
 public:
  static std::shared_ptr<TensorBuffer<T>> acquire(std::size_t size) {
    if (!reuse_buffers) return std::make_shared<TensorBuffer<T>>(size);
    auto buffer = alive_ ? instance().store_.take(size) : std::make_unique<TensorBuffer<T>>(size);
    return {buffer.release(), release};
  }

  ~ThreadStore() { alive_ = false; }

 private:
  static ThreadStore& instance() {
    thread_local ThreadStore store;
    return store;
  }

  static void release(TensorBuffer<T>* buffer) {
    std::unique_ptr<TensorBuffer<T>> owner(buffer);
    if (alive_) instance().store_.keep(std::move(owner));
  }

  BufferStore<TensorBuffer<T>> store_{std::size_t{1} << 30};
  /// False once this thread's store is gone: tensors of static duration may outlive it.
  inline static thread_local bool alive_ = true;
};

/// The number of elements of `shape`, when memory can be had for them.
template <class T>
std::shared_ptr<TensorBuffer<T>> allocate(const Shape& shape, std::size_t size) {
  const auto fail = [&] {
    throw Error("[tensor] no memory for shape " + to_string(shape) + ", " + std::to_string(size) +
                " numbers of " + std::to_string(sizeof(T)) + " bytes");
  };
  if (size > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T)) fail();
  try {
    return ThreadStore<T>::acquire(size);
  } catch (const std::bad_alloc&) {
    fail();
  }
  return nullptr;
}

}  // namespace

template <class T>
Tensor<T>::Tensor(const Shape& shape)
    : shape_(shape), size_(shape.size()), buffer_(allocate<T>(shape, size_)), data_(buffer_->values.data()) {}

template <class T>
Tensor<T>::Tensor(const Shape& shape, T fill_value) : Tensor(shape) {
  fill(fill_value);
}

template <class T>
Tensor<T>::Tensor(const Shape& shape, std::span<const T> values) : Tensor(shape) {
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
Tensor<T> Tensor<T>::reshape(const TargetShape& target) const {
  const Shape shape = target.resolve(size_);
  if (shape.size() != size_) {
    throw ShapeError("[reshape] " + to_string(shape_) + " -> " + to_string(shape) + ": sizes differ, " +
                     std::to_string(size_) + " != " + std::to_string(shape.size()));
  }
  Tensor result = *this;
  result.shape_ = shape;
  return result;
}

template <class T>
Tensor<T> Tensor<T>::subspan(std::size_t offset, const Shape& shape) const {
  const std::size_t size = shape.size();
  if (offset > size_ || size > size_ - offset) {
    throw ShapeError("[subspan] " + to_string(shape) + " from " + std::to_string(offset) +
                     " on: " + to_string(shape_) + " holds " + std::to_string(size_) + " values");
  }
  Tensor result = *this;
  result.shape_ = shape;
  result.size_ = size;
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
std::uint64_t Tensor<T>::version() const {
  return buffer_ == nullptr ? 0 : buffer_->version;
}

template <class T>
void Tensor<T>::mark_changed() {
  if (buffer_ != nullptr) ++buffer_->version;
}

template <class T>
std::ostream& operator<<(std::ostream& out, const Tensor<T>& tensor) {
  return out << tensor.array();
}

template class Tensor<float>;
template class Tensor<double>;
template class Tensor<std::int64_t>;
template class Tensor<std::uint64_t>;
template std::ostream& operator<<(std::ostream&, const Tensor<float>&);
template std::ostream& operator<<(std::ostream&, const Tensor<double>&);
template std::ostream& operator<<(std::ostream&, const Tensor<std::int64_t>&);
template std::ostream& operator<<(std::ostream&, const Tensor<std::uint64_t>&);

}  // namespace premelt
