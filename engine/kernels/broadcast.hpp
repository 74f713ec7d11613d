#pragma once
/// Loops over two operands that are broadcast to one shape. Neighbouring axes that both operands treat alike
/// are merged first, so equal shapes become one flat loop and a bias row two nested ones. For .cpp files of
/// ops only.

#include <array>
#include <cstddef>

#include "engine/tensor/shape.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt::kernels {

/// Merged axes, outermost first; `stride` of an operand is 0 along the axes it is stretched over.
struct BroadcastPlan {
  std::size_t rank = 0;                                 ///< number of merged axes
  std::array<std::size_t, Shape::max_rank> extent{};    ///< of the result, by axis
  std::array<std::size_t, Shape::max_rank> stride_a{};  ///< elements of `a` from one index to the next
  std::array<std::size_t, Shape::max_rank> stride_b{};  ///< the same of `b`
};

/// `a` and `b` must broadcast to `out`.
BroadcastPlan plan_broadcast(const Shape& out, const Shape& a, const Shape& b);

/// Calls run(offset_out, offset_a, offset_b, length) for each innermost run of `plan`, in order. Within a run
/// the operands advance by their last stride, 0 or 1.
template <class Run>
void for_each_run(const BroadcastPlan& plan, Run run) {
  const std::size_t inner = plan.rank - 1;
  const std::size_t length = plan.extent[inner];
  std::array<std::size_t, Shape::max_rank> index{};
  std::size_t out = 0, a = 0, b = 0;
  while (true) {
    run(out, a, b, length);
    out += length;
    std::size_t axis = inner;
    while (axis > 0) {
      --axis;
      a += plan.stride_a[axis];
      b += plan.stride_b[axis];
      if (++index[axis] < plan.extent[axis]) break;
      a -= plan.stride_a[axis] * plan.extent[axis];
      b -= plan.stride_b[axis] * plan.extent[axis];
      index[axis] = 0;
      if (axis == 0) return;
    }
    if (inner == 0) return;
  }
}

/// f(a, b) element by element. Throws ShapeError, naming `op`, when the shapes do not broadcast.
template <class T, class F>
Tensor<T> broadcast_map(const char* op, const Tensor<T>& a, const Tensor<T>& b, F f) {
  const bool same = a.shape() == b.shape();
  Tensor<T> out(same ? a.shape() : broadcast_shape(op, a.shape(), b.shape()));
  T* z = out.data();
  if (same) {
    const T *x = a.data(), *y = b.data();
    for (std::size_t i = 0, n = out.size(); i < n; ++i) z[i] = f(x[i], y[i]);
    return out;
  }
  if (out.empty()) return out;
  const BroadcastPlan plan = plan_broadcast(out.shape(), a.shape(), b.shape());
  const bool stretched_a = plan.stride_a[plan.rank - 1] == 0, stretched_b = plan.stride_b[plan.rank - 1] == 0;
  for_each_run(plan, [&](std::size_t at, std::size_t at_a, std::size_t at_b, std::size_t length) {
    const T *x = a.data() + at_a, *y = b.data() + at_b;
    T* target = z + at;
    if (stretched_a) {
      for (std::size_t i = 0; i < length; ++i) target[i] = f(*x, y[i]);
    } else if (stretched_b) {
      for (std::size_t i = 0; i < length; ++i) target[i] = f(x[i], *y);
    } else {
      for (std::size_t i = 0; i < length; ++i) target[i] = f(x[i], y[i]);
    }
  });
  return out;
}

/// f(a) element by element.
template <class T, class F>
Tensor<T> map(const Tensor<T>& a, F f) {
  Tensor<T> out(a.shape());
  const T* x = a.data();
  T* z = out.data();
  for (std::size_t i = 0, n = a.size(); i < n; ++i) z[i] = f(x[i]);
  return out;
}

}  // namespace premelt::kernels
