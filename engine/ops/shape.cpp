#include "engine/ops/shape.hpp"

#include <algorithm>

#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

using Order = std::array<std::size_t, Shape::max_rank>;

Order normalize_order(const Shape& shape, const Axes& axes) {
  Order order{};
  std::array<bool, Shape::max_rank> seen{};
  std::size_t count = 0;
  for (int axis : axes) {
    order[count] = normalize_axis("permute", shape, axis);
    seen[order[count++]] = true;
  }
  if (count != shape.rank() || !std::all_of(seen.begin(), seen.begin() + shape.rank(), std::identity{})) {
    throw ShapeError("[permute] the order must name every axis of shape " + to_string(shape) + " once");
  }
  return order;
}

/// Axis i of the result is axis order[i] of x.
template <class T>
Tensor<T> permuted(const Tensor<T>& x, const Order& order) {
  const std::size_t rank = x.rank();
  std::array<std::size_t, Shape::max_rank> stride_x{}, stride{};
  for (std::size_t axis = rank, step = 1; axis-- > 0; step *= x.shape()[axis]) stride_x[axis] = step;
  Shape shape = x.shape();
  for (std::size_t i = 0; i < rank; ++i) {
    shape[i] = x.shape()[order[i]];
    stride[i] = stride_x[order[i]];
  }
  Tensor<T> out(shape);
  if (out.empty() || rank == 0) return rank == 0 ? x : out;
  const std::size_t length = shape[rank - 1], step = stride[rank - 1];
  std::array<std::size_t, Shape::max_rank> index{};
  std::size_t from = 0;
  for (T *to = out.data(), *end = to + out.size(); to != end; to += length) {
    const T* source = x.data() + from;
    for (std::size_t i = 0; i < length; ++i) to[i] = source[i * step];
    for (std::size_t axis = rank - 1; axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

template <class T>
Var<T> permute(const Var<T>& x, const Order& order) {
  Order inverse{};
  for (std::size_t i = 0; i < x.shape().rank(); ++i) inverse[order[i]] = i;
  return record("permute", permuted(x.value(), order),
                wrt(
                    x, [inverse](const Var<T>& g) { return permute(g, inverse); }, order[0] == 0));
}

}  // namespace

template <class T>
Var<T> reshape(const Var<T>& x, const Shape& shape) {
  const Shape& from = x.shape();
  const bool keeps_samples = from.rank() > 0 && shape.rank() > 0 && from[0] == shape[0];
  return record("reshape", x.value().reshape(shape),
                wrt(
                    x, [from](const Var<T>& g) { return reshape(g, from); }, keeps_samples));
}

template <class T>
Var<T> permute(const Var<T>& x, const Axes& order) {
  return permute(x, normalize_order(x.shape(), order));
}

template <class T>
Var<T> transpose(const Var<T>& x) {
  const std::size_t rank = x.shape().rank();
  if (rank < 2) throw ShapeError("[transpose] needs at least two axes, shape is " + to_string(x.shape()));
  Order order{};
  for (std::size_t axis = 0; axis < rank; ++axis) order[axis] = axis;
  std::swap(order[rank - 1], order[rank - 2]);
  return permute(x, order);
}

#define PREMELT_INSTANTIATE(T)                          \
  template Var<T> reshape(const Var<T>&, const Shape&); \
  template Var<T> permute(const Var<T>&, const Axes&);  \
  template Var<T> transpose(const Var<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
