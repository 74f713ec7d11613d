#include "engine/ops/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/kernels/broadcast.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/tape/record.hpp"

namespace premelt {

using kernels::broadcast_map;
using kernels::map;

template <class T>
Var<T> add(const Var<T>& a, const Operand<T>& b) {
  const auto pass = [](const Var<T>& g) { return g; };
  return record("add", broadcast_map("add", a.value(), b.value(), [](T x, T y) { return x + y; }),
                wrt(a, pass), wrt(b, pass));
}

template <class T>
Var<T> sub(const Var<T>& a, const Operand<T>& b) {
  return record("sub", broadcast_map("sub", a.value(), b.value(), [](T x, T y) { return x - y; }),
                wrt(a, [](const Var<T>& g) { return g; }), wrt(b, [](const Var<T>& g) { return -g; }));
}

template <class T>
Var<T> mul(const Var<T>& a, const Operand<T>& b) {
  return record("mul", broadcast_map("mul", a.value(), b.value(), [](T x, T y) { return x * y; }),
                wrt(a, [b](const Var<T>& g) { return g * b; }),
                wrt(b, [a](const Var<T>& g) { return g * a; }));
}

template <class T>
Var<T> div(const Var<T>& a, const Operand<T>& b) {
  return record("div", broadcast_map("div", a.value(), b.value(), [](T x, T y) { return x / y; }),
                wrt(a, [b](const Var<T>& g) { return g / b; }),
                wrt(b, [b](const Var<T>& g, const Var<T>& y) { return -(g * (y / b)); }));
}

template <class T>
Var<T> scale(const Var<T>& x, double factor) {
  const T f = static_cast<T>(factor);
  return record("scale", map(x.value(), [f](T v) { return f * v; }),
                wrt(x, [factor](const Var<T>& g) { return scale(g, factor); }));
}

template <class T>
Var<T> shift(const Var<T>& x, double offset) {
  const T s = static_cast<T>(offset);
  return record("shift", map(x.value(), [s](T v) { return v + s; }),
                wrt(x, [](const Var<T>& g) { return g; }));
}

template <class T>
Var<T> square(const Var<T>& x) {
  return record("square", map(x.value(), [](T v) { return v * v; }),
                wrt(x, [x](const Var<T>& g) { return 2.0 * (g * x); }));
}

template <class T>
Var<T> exp(const Var<T>& x) {
  Tensor<T> value(x.shape());
  kernels::exp(value.size(), x.value().data(), value.data());
  return record("exp", value, wrt(x, [](const Var<T>& g, const Var<T>& y) { return g * y; }));
}

template <class T>
Var<T> log(const Var<T>& x) {
  Tensor<T> value(x.shape());
  kernels::log(value.size(), x.value().data(), value.data());
  return record("log", value, wrt(x, [x](const Var<T>& g) { return g / x; }));
}

template <class T>
Var<T> sqrt(const Var<T>& x) {
  return record("sqrt", map(x.value(), [](T v) { return std::sqrt(v); }),
                wrt(x, [](const Var<T>& g, const Var<T>& y) { return g / (2.0 * y); }));
}

template <class T>
Var<T> tanh(const Var<T>& x) {
  Tensor<T> value(x.shape());
  kernels::tanh(value.size(), x.value().data(), value.data());
  return record("tanh", value, wrt(x, [](const Var<T>& g, const Var<T>& y) {
                  return unless_recording<T>(
                      [&] {
                        return broadcast_map("tanh", g.value(), y.value(),
                                             [](T c, T t) { return c * (1 - t * t); });
                      },
                      [&] { return g * (-square(y) + 1.0); });
                }));
}

template <class T>
Var<T> sin(const Var<T>& x) {
  return record("sin", map(x.value(), [](T v) { return std::sin(v); }),
                wrt(x, [x](const Var<T>& g) { return g * cos(x); }));
}

template <class T>
Var<T> cos(const Var<T>& x) {
  return record("cos", map(x.value(), [](T v) { return std::cos(v); }),
                wrt(x, [x](const Var<T>& g) { return -(g * sin(x)); }));
}

template <class T>
Var<T> abs(const Var<T>& x) {
  return record("abs", map(x.value(), [](T v) { return std::abs(v); }), wrt(x, [x](const Var<T>& g) {
                  const auto sign = [](T v) { return static_cast<T>((v > 0) - (v < 0)); };
                  return g * Var<T>(map(x.value(), sign));
                }));
}

template <class T>
Var<T> relu(const Var<T>& x) {
  // Written so that NaN is neither below nor above: it passes, as does its cotangent.
  return record("relu", map(x.value(), [](T v) { return v <= 0 ? T(0) : v; }), wrt(x, [x](const Var<T>& g) {
                  return unless_recording<T>(
                      [&] {
                        return broadcast_map("relu", g.value(), x.value(),
                                             [](T c, T v) { return v <= 0 ? T(0) : c; });
                      },
                      [&] { return masked(g, map(x.value(), [](T v) { return v <= 0 ? T(0) : T(1); })); });
                }));
}

template <class T>
Var<T> masked(const Var<T>& x, const Operand<T>& mask) {
  const Tensor<T> value =
      broadcast_map("masked", x.value(), mask.value(), [](T v, T m) { return m != 0 ? v : T(0); });
  const Samples samples = detail::samples_through(mask.detach(), value.shape(), std::nullopt);
  return record("masked", Var<T>(value, samples),
                wrt(x, [mask = mask.detach()](const Var<T>& g) { return masked(g, mask); }));
}

namespace {

template <class T, class F>
Var<T> mask(const char* op, const Var<T>& a, const Var<T>& b, F holds) {
  const Tensor<T> value =
      broadcast_map(op, a.value(), b.value(), [holds](T x, T y) { return holds(x, y) ? T(1) : T(0); });
  const Samples samples = std::max(detail::samples_through(a, value.shape(), std::nullopt),
                                   detail::samples_through(b, value.shape(), std::nullopt));
  return Var<T>(value, samples).detach();
}

}  // namespace

template <class T>
Var<T> less(const Var<T>& a, const Operand<T>& b) {
  return mask("less", a, b, std::less<T>{});
}

template <class T>
Var<T> less_equal(const Var<T>& a, const Operand<T>& b) {
  return mask("less_equal", a, b, std::less_equal<T>{});
}

template <class T>
Var<T> equal(const Var<T>& a, const Operand<T>& b) {
  return mask("equal", a, b, std::equal_to<T>{});
}

template <class T>
Var<T> not_equal(const Var<T>& a, const Operand<T>& b) {
  return mask("not_equal", a, b, std::not_equal_to<T>{});
}

#define PREMELT_INSTANTIATE(T)                                  \
  template Var<T> add(const Var<T>&, const Operand<T>&);        \
  template Var<T> sub(const Var<T>&, const Operand<T>&);        \
  template Var<T> mul(const Var<T>&, const Operand<T>&);        \
  template Var<T> div(const Var<T>&, const Operand<T>&);        \
  template Var<T> scale(const Var<T>&, double);                 \
  template Var<T> shift(const Var<T>&, double);                 \
  template Var<T> square(const Var<T>&);                        \
  template Var<T> exp(const Var<T>&);                           \
  template Var<T> log(const Var<T>&);                           \
  template Var<T> sqrt(const Var<T>&);                          \
  template Var<T> tanh(const Var<T>&);                          \
  template Var<T> sin(const Var<T>&);                           \
  template Var<T> cos(const Var<T>&);                           \
  template Var<T> abs(const Var<T>&);                           \
  template Var<T> relu(const Var<T>&);                          \
  template Var<T> masked(const Var<T>&, const Operand<T>&);     \
  template Var<T> less(const Var<T>&, const Operand<T>&);       \
  template Var<T> less_equal(const Var<T>&, const Operand<T>&); \
  template Var<T> equal(const Var<T>&, const Operand<T>&);      \
  template Var<T> not_equal(const Var<T>&, const Operand<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
