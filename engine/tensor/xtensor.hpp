#pragma once
/// Bridge to xtensor for set-up code and lessons. Heavy to compile: include it in .cpp files only.

#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A materialised copy as an xtensor array (never a lazy view: see docs/numerics.md).
template <class T>
xt::xarray<T> to_xarray(const Tensor<T>& tensor) {
  const std::vector<std::size_t> shape(tensor.shape().begin(), tensor.shape().end());
  xt::xarray<T> array = xt::xarray<T>::from_shape(shape);
  std::copy(tensor.flat().begin(), tensor.flat().end(), array.data());
  return array;
}

/// A copy of an array or of an evaluated expression.
template <class T>
Tensor<T> from_xarray(const xt::xarray<T>& array) {
  const std::vector<std::size_t> extents(array.shape().begin(), array.shape().end());
  Tensor<T> tensor{Shape(std::span(extents))};
  std::copy(array.begin(), array.end(), tensor.data());
  return tensor;
}

}  // namespace premelt
