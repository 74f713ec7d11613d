#include "engine/ops/reduce.hpp"

#include <algorithm>
#include <vector>

#include "engine/kernels/broadcast.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

Axes::Axes(std::initializer_list<int> axes) {
  if (axes.size() > axes_.size()) throw ShapeError("[axes] more axes than a shape can have");
  for (int axis : axes) axes_[count_++] = axis;
}

namespace {

void check_broadcasts_to(const char* op, const Shape& from, const Shape& to) {
  if (from.rank() > to.rank() || broadcast_shape(op, from, to) != to) {
    throw ShapeError("[" + std::string(op) + "] " + to_string(from) + " does not broadcast to " +
                     to_string(to));
  }
}

/// x's shape with extent 1 along `axes`.
Shape keep_axes(const char* op, const Shape& shape, const Axes& axes) {
  Shape kept = shape;
  std::array<bool, Shape::max_rank> seen{};
  for (int axis : axes) {
    const std::size_t at = normalize_axis(op, shape, axis);
    if (seen[at]) {
      throw ShapeError("[" + std::string(op) + "] axis " + std::to_string(axis) + " of shape " +
                       to_string(shape) + " is named twice");
    }
    seen[at] = true;
    kept[at] = 1;
  }
  return kept;
}

/// Whether a sum over `axes` leaves the first axis, that of the samples, alone.
bool keeps_first(const Shape& shape, const Axes& axes) {
  return std::ranges::none_of(axes, [&](int axis) { return normalize_axis("sum", shape, axis) == 0; });
}

/// `shape` without `axes`.
Shape drop_axes(const Shape& shape, const Axes& axes) {
  std::array<bool, Shape::max_rank> dropped{};
  for (int axis : axes) dropped[normalize_axis("sum", shape, axis)] = true;
  Shape result;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (!dropped[axis]) result.push_back(shape[axis]);
  }
  return result;
}

/// out[j] = Σ of the x[i] that broadcasting `shape` had stretched from j.
template <class T>
Tensor<T> reduce(const Tensor<T>& x, const Shape& shape) {
  Tensor<T> out(shape, T(0));
  if (x.empty()) return out;
  std::vector<double> total(out.size(), 0.0);
  const kernels::BroadcastPlan plan = kernels::plan_broadcast(x.shape(), x.shape(), shape);
  const bool along = plan.stride_b[plan.rank - 1] == 0;
  kernels::for_each_run(plan, [&](std::size_t, std::size_t at, std::size_t to, std::size_t length) {
    const T* values = x.data() + at;
    double* sums = total.data() + to;
    if (along) {
      *sums += kernels::sum(length, values);
    } else {
      for (std::size_t i = 0; i < length; ++i) sums[i] += static_cast<double>(values[i]);
    }
  });
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = static_cast<T>(total[i]);
  return out;
}

template <class T>
double count_ratio(const Var<T>& x, const Var<T>& reduced) {
  return static_cast<double>(reduced.value().size()) / static_cast<double>(x.value().size());
}

}  // namespace

template <class T>
Var<T> sum(const Var<T>& x) {
  Tensor<T> value = Tensor<T>::scalar(static_cast<T>(kernels::sum(x.value().size(), x.value().data())));
  return record("sum", value, wrt(x, [shape = x.shape()](const Var<T>& g) { return expand(g, shape); }));
}

template <class T>
Var<T> sum(const Var<T>& x, const Axes& axes, bool keepdims) {
  const Shape kept = keep_axes("sum", x.shape(), axes);
  const Shape shape = keepdims ? kept : drop_axes(x.shape(), axes);
  return record("sum", reduce(x.value(), kept).reshape(shape),
                wrt(
                    x, [from = x.shape(), kept](const Var<T>& g) { return expand(reshape(g, kept), from); },
                    keeps_first(x.shape(), axes)));
}

template <class T>
Var<T> mean(const Var<T>& x) {
  const Var<T> total = sum(x);
  return scale(total, count_ratio(x, total));
}

template <class T>
Var<T> mean(const Var<T>& x, const Axes& axes, bool keepdims) {
  const Var<T> total = sum(x, axes, keepdims);
  return scale(total, count_ratio(x, total));
}

template <class T>
Var<T> expand(const Var<T>& x, const Shape& shape) {
  check_broadcasts_to("expand", x.shape(), shape);
  if (x.shape() == shape) return x;
  Tensor<T> value(shape);
  if (!value.empty()) {
    const kernels::BroadcastPlan plan = kernels::plan_broadcast(shape, shape, x.shape());
    const bool stretched = plan.stride_b[plan.rank - 1] == 0;
    kernels::for_each_run(plan, [&](std::size_t to, std::size_t, std::size_t from, std::size_t length) {
      const T* source = x.value().data() + from;
      if (stretched) {
        std::fill_n(value.data() + to, length, *source);
      } else {
        std::copy_n(source, length, value.data() + to);
      }
    });
  }
  return record("expand", value, wrt(x, [](const Var<T>& g) { return g; }));
}

template <class T>
Var<T> sum_to(const Var<T>& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  check_broadcasts_to("sum_to", shape, x.shape());
  const bool keeps_samples = shape.rank() == x.shape().rank() && shape[0] == x.shape()[0];
  return record("sum_to", reduce(x.value(), shape),
                wrt(
                    x, [from = x.shape()](const Var<T>& g) { return expand(g, from); }, keeps_samples));
}

#define PREMELT_INSTANTIATE(T)                            \
  template Var<T> sum(const Var<T>&);                     \
  template Var<T> mean(const Var<T>&);                    \
  template Var<T> sum(const Var<T>&, const Axes&, bool);  \
  template Var<T> mean(const Var<T>&, const Axes&, bool); \
  template Var<T> expand(const Var<T>&, const Shape&);    \
  template Var<T> sum_to(const Var<T>&, const Shape&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
