#include "engine/ops/extrema.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/kernels/around.hpp"
#include "engine/kernels/broadcast.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

using kernels::Around;
using kernels::broadcast_map;
using kernels::map;
using kernels::with_extent;

namespace {

/// Whichever is `better`, element by element.
template <class T, class Better>
Var<T> select_better(const char* op, const Var<T>& a, const Var<T>& b, Better better) {
  const auto value = [better](T x, T y) { return std::isnan(x) || better(x, y) ? x : y; };
  // The cotangent of x against y. Written so that with a NaN, which is neither equal nor worse, both get it.
  const auto share = [=](const Var<T>& g, const Var<T>& x, const Var<T>& y) {
    const auto part = [better](T v, T other) { return v == other ? T(0.5) : better(other, v) ? T(0) : T(1); };
    const Tensor<T> parts = broadcast_map(op, x.value(), y.value(), part);
    return masked(g * Var<T>(parts), parts);
  };
  return record(op, broadcast_map(op, a.value(), b.value(), value),
                wrt(a, [=](const Var<T>& g) { return share(g, a, b); }),
                wrt(b, [=](const Var<T>& g) { return share(g, b, a); }));
}

void check_not_empty(const char* op, const Shape& shape, int axis) {
  if (shape[normalize_axis(op, shape, axis)] == 0) {
    throw ShapeError("[" + std::string(op) + "] of nothing: axis " + std::to_string(axis) + " of " +
                     to_string(shape));
  }
}

/// For each line along `axis`, which of its elements is best: the first of equals, the first NaN before all.
/// The axis stays, with extent 1.
template <class T, class Better>
Indices best_along(const char* op, const Tensor<T>& x, int axis, Better better) {
  check_not_empty(op, x.shape(), axis);
  const std::size_t at = normalize_axis(op, x.shape(), axis);
  const Around around(x.shape(), at);
  Indices winners(with_extent(x.shape(), at, 1));
  std::int64_t* winner = winners.data();
  around.for_each_line([&](std::size_t first) {
    const auto element = [&](std::size_t k) { return x.data()[first + k * around.inner]; };
    std::size_t best = 0;
    for (std::size_t k = 1; k < around.extent && !std::isnan(element(best)); ++k) {
      if (better(element(k), element(best)) || std::isnan(element(k))) best = k;
    }
    *winner++ = static_cast<std::int64_t>(best);
  });
  return winners;
}

/// Those elements of x, one for each line along `axis`.
template <class T>
Tensor<T> elements_at(const Tensor<T>& x, const Indices& winners, std::size_t at) {
  Tensor<T> value(winners.shape());
  const Around around(x.shape(), at);
  std::size_t line = 0;
  around.for_each_line([&](std::size_t first) {
    value.data()[line] = x.data()[first + static_cast<std::size_t>(winners.data()[line]) * around.inner];
    ++line;
  });
  return value;
}

/// 1 at the winners, 0 elsewhere.
template <class T>
Tensor<T> mask_of(const Indices& winners, const Shape& shape, std::size_t at) {
  Tensor<T> mask(shape, T(0));
  const Around around(shape, at);
  const std::int64_t* winner = winners.data();
  around.for_each_line([&](std::size_t first) {
    mask.data()[first + static_cast<std::size_t>(*winner++) * around.inner] = 1;
  });
  return mask;
}

/// The best along `axis`; the first of equals gets the cotangent.
template <class T, class Better>
Var<T> best_one(const char* op, const Var<T>& x, int axis, bool keepdims, Better better) {
  const Indices winners = best_along(op, x.value(), axis, better);
  const std::size_t at = normalize_axis(op, x.shape(), axis);
  const Shape kept = winners.shape(), shape = keepdims ? kept : drop_axes(kept, axis);
  return record(op, elements_at(x.value(), winners, at).reshape(shape),
                wrt(
                    x,
                    [=, from = x.shape()](const Var<T>& g) {
                      return masked(reshape(g, kept), mask_of<T>(winners, from, at));
                    },
                    at != 0));
}

/// The best over `axes`; equals share the cotangent.
template <class T, class Better>
Var<T> best_shared(const char* op, const Var<T>& x, const Axes& axes, bool keepdims, Better better) {
  const Shape kept = keep_axes(op, x.shape(), axes);
  Tensor<T> best = x.value();
  for (int axis : axes) {
    best = elements_at(best, best_along(op, best, axis, better), normalize_axis(op, best.shape(), axis));
  }
  const auto shares = [=](const Var<T>& g) {
    const auto equal = [](T v, T top) { return v == top ? T(1) : T(0); };
    const Tensor<T> tied = broadcast_map(op, x.value(), best, equal);
    const Tensor<T> count = sum(Var<T>(tied), axes, true).value();
    // 0/0 where the best is NaN, which equals nothing.
    const Tensor<T> parts = broadcast_map(op, tied, count, [](T one, T n) { return one / n; });
    return masked(reshape(g, kept) * Var<T>(parts), parts);
  };
  return record(op, best.reshape(keepdims ? kept : drop_axes(kept, axes)),
                wrt(x, shares, keeps_first(x.shape(), axes)));
}

}  // namespace

template <class T>
Var<T> maximum(const Var<T>& a, const Operand<T>& b) {
  return select_better("maximum", a, b, std::greater<T>());
}

template <class T>
Var<T> minimum(const Var<T>& a, const Operand<T>& b) {
  return select_better("minimum", a, b, std::less<T>());
}

template <class T>
Var<T> clamp(const Var<T>& x, double low, double high) {
  if (!(low <= high)) {
    throw Error("[clamp] needs low <= high, got " + std::to_string(low) + " and " + std::to_string(high));
  }
  const T bottom = static_cast<T>(low), top = static_cast<T>(high);
  return record("clamp", map(x.value(), [=](T v) { return v < bottom ? bottom
                                                          : v > top  ? top
                                                                     : v; }),
                wrt(x, [=](const Var<T>& g) {
                  const auto inside = [=](T v) { return bottom <= v && v <= top ? T(1) : T(0); };
                  return masked(g, map(x.value(), inside));
                }));
}

template <class T>
Var<T> max(const Var<T>& x, int axis, bool keepdims) {
  return best_one("max", x, axis, keepdims, std::greater<T>());
}

template <class T>
Var<T> min(const Var<T>& x, int axis, bool keepdims) {
  return best_one("min", x, axis, keepdims, std::less<T>());
}

template <class T>
Var<T> amax(const Var<T>& x, const Axes& axes, bool keepdims) {
  return best_shared("amax", x, axes, keepdims, std::greater<T>());
}

template <class T>
Var<T> amin(const Var<T>& x, const Axes& axes, bool keepdims) {
  return best_shared("amin", x, axes, keepdims, std::less<T>());
}

template <class T>
Var<std::int64_t> argmax(const Var<T>& x, int axis, bool keepdims) {
  const Indices winners = best_along("argmax", x.value(), axis, std::greater<T>());
  const Shape& kept = winners.shape();
  const Indices value = winners.reshape(keepdims ? kept : drop_axes(kept, axis));
  const bool keeps_samples = keeps_first(x.shape(), axis);
  return Var<std::int64_t>(value, detail::samples_through(x, value.shape(), keeps_samples)).detach();
}

#define PREMELT_INSTANTIATE(T)                                 \
  template Var<T> max(const Var<T>&, int, bool);               \
  template Var<T> min(const Var<T>&, int, bool);               \
  template Var<T> amax(const Var<T>&, const Axes&, bool);      \
  template Var<T> amin(const Var<T>&, const Axes&, bool);      \
  template Var<std::int64_t> argmax(const Var<T>&, int, bool); \
  template Var<T> maximum(const Var<T>&, const Operand<T>&);   \
  template Var<T> minimum(const Var<T>&, const Operand<T>&);   \
  template Var<T> clamp(const Var<T>&, double, double);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
