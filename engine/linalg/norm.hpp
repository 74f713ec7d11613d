#pragma once
/// The length of a tensor.

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// The Euclidean norm, accumulated in double.
template <class T>
double norm(const Tensor<T>& x);

}  // namespace premelt
