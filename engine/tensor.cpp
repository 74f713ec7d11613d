#include "engine/tensor.hpp"

#include <ostream>
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

template <class T>
Tensor<T>::Tensor(const Shape& shape)
    : shape_(shape),
      size_(shape.size()),
      buffer_(std::make_shared<TensorBuffer<T>>(size_)),
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
