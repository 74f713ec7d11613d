#include "engine/ops/extrema.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/kernels/broadcast.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

using kernels::broadcast_map;
using kernels::map;

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

#define PREMELT_INSTANTIATE(T)                               \
  template Var<T> maximum(const Var<T>&, const Operand<T>&); \
  template Var<T> minimum(const Var<T>&, const Operand<T>&); \
  template Var<T> clamp(const Var<T>&, double, double);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
