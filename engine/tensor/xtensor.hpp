#pragma once
/// Bridge to xtensor: `tensor.array()`. Heavy to compile: include it in .cpp files only. The way back is
/// `Tensor<T>(expression)` (tensor.hpp).

#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include "engine/tensor/tensor.hpp"

namespace premelt {

namespace detail {
/// `size` numbers from `data` on, which stay with their owner, as an array.
template <class T>
auto array_view(T* data, std::size_t size, const Shape& shape) {
  return xt::adapt(std::move(data), size, xt::no_ownership(),
                   std::vector<std::size_t>(shape.begin(), shape.end()));
}
}  // namespace detail

template <class T>
auto Tensor<T>::array() & {
  return detail::array_view(data_, size_, shape_);
}

template <class T>
auto Tensor<T>::array() const& {
  return detail::array_view(static_cast<const T*>(data_), size_, shape_);
}

}  // namespace premelt
