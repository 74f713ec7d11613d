#include "engine/ops/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/around.hpp"
#include "engine/kernels/broadcast.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

void check_broadcasts_to(const char* op, const Shape& from, const Shape& to) {
  if (from.rank() > to.rank() || broadcast_shape(op, from, to) != to) {
    throw ShapeError("[" + std::string(op) + "] " + to_string(from) + " does not broadcast to " +
                     to_string(to));
  }
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

/// Adds up each line along `at` in double, from its last element on when `backward`.
template <class T>
Tensor<T> running_sums(const Tensor<T>& x, std::size_t at, bool backward) {
  Tensor<T> out(x.shape());
  const kernels::Around around(x.shape(), at);
  around.for_each_line([&](std::size_t first) {
    double total = 0;
    for (std::size_t k = 0; k < around.extent; ++k) {
      const std::size_t here = first + (backward ? around.extent - 1 - k : k) * around.inner;
      total += static_cast<double>(x.data()[here]);
      out.data()[here] = static_cast<T>(total);
    }
  });
  return out;
}

template <class T>
Var<T> cumsum(const Var<T>& x, std::size_t at, bool backward) {
  return record("cumsum", running_sums(x.value(), at, backward),
                wrt(
                    x, [at, backward](const Var<T>& g) { return cumsum(g, at, !backward); }, at != 0));
}

/// Σ(x - mean)²/divisor over what stretching `kept` to x's shape fills, in double throughout.
template <class T>
Tensor<T> variances(const Tensor<T>& x, const Shape& kept, double divisor) {
  const Tensor<double> wide = cast<double>(x);
  const double share = static_cast<double>(kept.size()) / static_cast<double>(x.size());
  const Tensor<double> means = kernels::map(reduce(wide, kept), [share](double sum) { return sum * share; });
  const Tensor<double> squares = kernels::broadcast_map(
      "variance", wide, means, [](double v, double mean) { return (v - mean) * (v - mean); });
  return cast<T>(kernels::map(reduce(squares, kept), [divisor](double sum) { return sum / divisor; }));
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
Var<T> variance(const Var<T>& x, const Axes& axes, bool keepdims, double correction) {
  const Shape kept = keep_axes("variance", x.shape(), axes);
  const Shape shape = keepdims ? kept : drop_axes(x.shape(), axes);
  double count = 1;
  for (int axis : axes) count *= static_cast<double>(x.shape()[normalize_axis("variance", x.shape(), axis)]);
  const double divisor = std::max(count - correction, 0.0);  // as PyTorch: too few numbers divide by 0
  return record("variance", variances(x.value(), kept, divisor).reshape(shape),
                wrt(
                    x,
                    [=](const Var<T>& g) {
                      const Var<T> centred = x - mean(x, axes, true);
                      return (2 / divisor) * (reshape(g, kept) * centred);
                    },
                    keeps_first(x.shape(), axes)));
}

template <class T>
Var<T> stddev(const Var<T>& x, const Axes& axes, bool keepdims, double correction) {
  const Var<T> v = variance(x, axes, keepdims, correction);
  return record("stddev", kernels::map(v.value(), [](T s) { return std::sqrt(s); }),
                wrt(v, [](const Var<T>& g, const Var<T>& y) { return masked(g / (2.0 * y), y.value()); }));
}

template <class T>
Var<T> cumsum(const Var<T>& x, int axis) {
  return cumsum(x, normalize_axis("cumsum", x.shape(), axis), false);
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

#define PREMELT_INSTANTIATE(T)                                        \
  template Var<T> variance(const Var<T>&, const Axes&, bool, double); \
  template Var<T> stddev(const Var<T>&, const Axes&, bool, double);   \
  template Var<T> cumsum(const Var<T>&, int);                         \
  template Var<T> sum(const Var<T>&);                                 \
  template Var<T> mean(const Var<T>&);                                \
  template Var<T> sum(const Var<T>&, const Axes&, bool);              \
  template Var<T> mean(const Var<T>&, const Axes&, bool);             \
  template Var<T> expand(const Var<T>&, const Shape&);                \
  template Var<T> sum_to(const Var<T>&, const Shape&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
