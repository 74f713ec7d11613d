#pragma once
/// Ops whose first operand is a plain tensor: it is a constant, as a tensor in any other place is. C++ does
/// not deduce the element type of a `const Var<T>&` from a Tensor<T>, hence these forwarders.

#include <concepts>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "engine/ops/activation.hpp"
#include "engine/ops/einsum.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/extrema.hpp"
#include "engine/ops/index.hpp"
#include "engine/ops/loss.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/ops/norm.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/ops/softmax.hpp"

namespace premelt {

/// @{
/// The op of that name, with the tensor as a constant.
#define PREMELT_ON_TENSORS(op)                         \
  template <class T, class... More>                    \
  Var<T> op(const Tensor<T>& x, More&&... more) {      \
    return op(Var<T>(x), std::forward<More>(more)...); \
  }
PREMELT_ON_TENSORS(add)
PREMELT_ON_TENSORS(sub)
PREMELT_ON_TENSORS(mul)
PREMELT_ON_TENSORS(div)
PREMELT_ON_TENSORS(scale)
PREMELT_ON_TENSORS(shift)
PREMELT_ON_TENSORS(square)
PREMELT_ON_TENSORS(exp)
PREMELT_ON_TENSORS(log)
PREMELT_ON_TENSORS(sqrt)
PREMELT_ON_TENSORS(tanh)
PREMELT_ON_TENSORS(sin)
PREMELT_ON_TENSORS(cos)
PREMELT_ON_TENSORS(abs)
PREMELT_ON_TENSORS(relu)
PREMELT_ON_TENSORS(masked)
PREMELT_ON_TENSORS(pow)
PREMELT_ON_TENSORS(sigmoid)
PREMELT_ON_TENSORS(silu)
PREMELT_ON_TENSORS(normal_cdf)
PREMELT_ON_TENSORS(gelu)
PREMELT_ON_TENSORS(dropout)
PREMELT_ON_TENSORS(softmax)
PREMELT_ON_TENSORS(log_softmax)
PREMELT_ON_TENSORS(logsumexp)
PREMELT_ON_TENSORS(rms_norm)
PREMELT_ON_TENSORS(layer_norm)
PREMELT_ON_TENSORS(matmul)
PREMELT_ON_TENSORS(matmul_nt)
PREMELT_ON_TENSORS(matmul_tn)
PREMELT_ON_TENSORS(linear)
PREMELT_ON_TENSORS(squared_error)
PREMELT_ON_TENSORS(cross_entropy)
PREMELT_ON_TENSORS(gather)
PREMELT_ON_TENSORS(max)
PREMELT_ON_TENSORS(min)
PREMELT_ON_TENSORS(maximum)
PREMELT_ON_TENSORS(minimum)
PREMELT_ON_TENSORS(clamp)
PREMELT_ON_TENSORS(cumsum)
PREMELT_ON_TENSORS(outer)
PREMELT_ON_TENSORS(transpose)
#undef PREMELT_ON_TENSORS
#define PREMELT_ON_TENSORS_OVER_AXES(op)                                 \
  template <class T, class... More>                                      \
  Var<T> op(const Tensor<T>& x, const Axes& axes, const More&... more) { \
    return op(Var<T>(x), axes, more...);                                 \
  }
PREMELT_ON_TENSORS_OVER_AXES(sum)
PREMELT_ON_TENSORS_OVER_AXES(mean)
PREMELT_ON_TENSORS_OVER_AXES(amax)
PREMELT_ON_TENSORS_OVER_AXES(amin)
PREMELT_ON_TENSORS_OVER_AXES(variance)
PREMELT_ON_TENSORS_OVER_AXES(stddev)
#undef PREMELT_ON_TENSORS_OVER_AXES
template <class T>
Var<T> sum(const Tensor<T>& x) {
  return sum(Var<T>(x));
}
template <class T>
Var<T> mean(const Tensor<T>& x) {
  return mean(Var<T>(x));
}
template <class T>
Var<std::int64_t> argmax(const Tensor<T>& x, int axis, bool keepdims = false) {
  return argmax(Var<T>(x), axis, keepdims);
}
template <class T>
Var<T> slice(const Tensor<T>& x, int axis, std::size_t begin, std::size_t end) {
  return slice(Var<T>(x), axis, begin, end);
}
template <class T>
Var<T> pad(const Tensor<T>& x, int axis, std::size_t before, std::size_t after) {
  return pad(Var<T>(x), axis, before, after);
}
template <class T>
std::vector<Var<T>> split(const Tensor<T>& x, const std::vector<std::size_t>& sizes, int axis) {
  return split(Var<T>(x), sizes, axis);
}
template <class T>
Var<T> einsum(const std::string& specification, const Tensor<T>& a, const Operand<T>& b) {
  return einsum(specification, Var<T>(a), b);
}
template <class T>
Var<T> reshape(const Tensor<T>& x, const TargetShape& target) {
  return reshape(Var<T>(x), target);
}
template <class T>
Var<T> permute(const Tensor<T>& x, const Axes& order) {
  return permute(Var<T>(x), order);
}
template <class T>
Var<T> expand(const Tensor<T>& x, const Shape& shape) {
  return expand(Var<T>(x), shape);
}
template <class T>
Var<T> pick(const Tensor<T>& x, std::initializer_list<Part> parts) {
  return pick(Var<T>(x), parts);
}
/// @}

}  // namespace premelt
