#include "engine/ops/shape.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/ops/index.hpp"
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

/// The entries begin..end-1 that are taken along an axis.
std::pair<std::size_t, std::size_t> resolve(const Part& part, const Shape& shape, std::size_t axis) {
  const auto extent = static_cast<std::int64_t>(shape[axis]);
  const auto from_front = [extent](std::int64_t place) { return place < 0 ? place + extent : place; };
  const AxisRange& range = part.range();
  const std::int64_t begin = from_front(range.begin);
  const std::int64_t end = part.one()                     ? begin + 1
                           : range.end == AxisRange{}.end ? extent
                                                          : from_front(range.end);
  if (begin < 0 || begin > end || end > extent) {
    const std::string what = part.one() ? "entry " + std::to_string(range.begin)
                                        : "range " + std::to_string(range.begin) + ":" +
                                              (range.end == AxisRange{}.end ? "" : std::to_string(range.end));
    throw ShapeError("[pick] " + what + " along axis " + std::to_string(axis) + " is outside shape " +
                     to_string(shape));
  }
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
}

}  // namespace

template <class T>
Var<T> reshape(const Var<T>& x, const TargetShape& target) {
  const Shape from = x.shape(), shape = target.resolve(x.value().size());
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

template <class T>
Var<T> pick(const Var<T>& x, std::initializer_list<Part> parts) {
  const Shape& from = x.shape();
  if (parts.size() > from.rank()) {
    throw ShapeError("[pick] " + std::to_string(parts.size()) + " parts of shape " + to_string(from) +
                     ": at most one an axis");
  }
  Var<T> result = x;
  Shape kept;
  std::size_t axis = 0;
  for (const Part& part : parts) {
    const auto [begin, end] = resolve(part, from, axis);
    if (end - begin < from[axis]) result = slice(result, static_cast<int>(axis), begin, end);
    if (!part.one()) kept.push_back(end - begin);
    ++axis;
  }
  for (; axis < from.rank(); ++axis) kept.push_back(from[axis]);
  return kept == result.shape() ? result : reshape(result, kept);
}

#define PREMELT_INSTANTIATE(T)                                \
  template Var<T> reshape(const Var<T>&, const TargetShape&); \
  template Var<T> permute(const Var<T>&, const Axes&);        \
  template Var<T> transpose(const Var<T>&);                   \
  template Var<T> pick(const Var<T>&, std::initializer_list<Part>);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
