#include "engine/ops/activation.hpp"

#include <cmath>
#include <numbers>

#include "engine/kernels/broadcast.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

using kernels::broadcast_map;
using kernels::map;

namespace {

constexpr double inverse_sqrt_2pi = std::numbers::inv_sqrtpi / std::numbers::sqrt2;

/// 1/(1 + e⁻ˣ). Where e⁻ˣ overflows, the quotient is 0, as it should be.
template <class T>
Tensor<T> sigmoid_values(const Tensor<T>& x) {
  Tensor<T> out = map(x, [](T v) { return -v; });
  kernels::exp(out.size(), out.data(), out.data());
  for (T& v : out.flat()) v = 1 / (1 + v);
  return out;
}

/// Φ element by element.
template <class T>
Tensor<T> cdf_values(const Tensor<T>& x) {
  Tensor<T> out = map(x, [](T v) { return v * static_cast<T>(1 / std::numbers::sqrt2); });
  kernels::erf(out.size(), out.data(), out.data());
  for (T& v : out.flat()) v = T(0.5) * (1 + v);
  return out;
}

/// The standard normal's density φ(x) = exp(-x²/2)/√(2π).
template <class T>
Var<T> normal_pdf(const Var<T>& x) {
  return inverse_sqrt_2pi * exp(-0.5 * square(x));
}

}  // namespace

template <class T>
Var<T> pow(const Var<T>& x, double exponent) {
  const T p = static_cast<T>(exponent);
  return record("pow", map(x.value(), [p](T v) { return std::pow(v, p); }),
                wrt(x, [x, exponent](const Var<T>& g) {
                  if (exponent == 0) return masked(g, Tensor<T>(g.shape(), T(0)));
                  return g * (exponent * pow(x, exponent - 1));
                }));
}

template <class T>
Var<T> pow(const Var<T>& base, const Operand<T>& exponent) {
  const auto power = [](T b, T e) { return std::pow(b, e); };
  return record("pow", broadcast_map("pow", base.value(), exponent.value(), power),
                wrt(base,
                    [base, exponent](const Var<T>& g) {
                      const Var<T> slope = g * (exponent * pow(base, exponent - 1.0));
                      // Numbers are left alone: they are 0 as they should be, and may have slopes themselves.
                      const auto keep = [](T s, T e) { return e != 0 || std::isfinite(s) ? T(1) : T(0); };
                      return masked(slope, broadcast_map("pow", slope.value(), exponent.value(), keep));
                    }),
                wrt(exponent, [base, exponent](const Var<T>& g, const Var<T>& y) {
                  const auto keep = [](T b, T e) { return b == 0 && e >= 0 ? T(0) : T(1); };
                  return masked(g * (y * log(base)),
                                broadcast_map("pow", base.value(), exponent.value(), keep));
                }));
}

template <class T>
Var<T> sigmoid(const Var<T>& x) {
  return record("sigmoid", sigmoid_values(x.value()), wrt(x, [](const Var<T>& g, const Var<T>& y) {
                  return unless_recording<T>(
                      [&] {
                        return broadcast_map("sigmoid", g.value(), y.value(),
                                             [](T c, T s) { return c * (s * (1 - s)); });
                      },
                      [&] { return g * (y * (-y + 1.0)); });
                }));
}

template <class T>
Var<T> silu(const Var<T>& x) {
  const Tensor<T> gate = sigmoid_values(x.value());
  return record("silu", broadcast_map("silu", x.value(), gate, [](T v, T s) { return v * s; }),
                wrt(x, [x, gate](const Var<T>& g) {
                  const Var<T> s = recording() ? sigmoid(x) : Var<T>(gate);
                  return g * (s * (x * (-s + 1.0) + 1.0));
                }));
}

template <class T>
Var<T> normal_cdf(const Var<T>& x) {
  return record("normal_cdf", cdf_values(x.value()),
                wrt(x, [x](const Var<T>& g) { return g * normal_pdf(x); }));
}

template <class T>
Var<T> gelu(const Var<T>& x) {
  const Tensor<T> cdf = cdf_values(x.value());
  return record("gelu", broadcast_map("gelu", x.value(), cdf, [](T v, T c) { return v * c; }),
                wrt(x, [x, cdf](const Var<T>& g) {
                  const Var<T> kept = recording() ? normal_cdf(x) : Var<T>(cdf);
                  return g * (kept + x * normal_pdf(x));
                }));
}

template <class T>
Var<T> dropout(const Var<T>& x, double rate, Rng& rng) {
  if (!(rate >= 0 && rate < 1)) {
    throw Error("[dropout] the rate must be at least 0 and below 1, got " + std::to_string(rate));
  }
  if (rate == 0) return x;
  Tensor<T> mask(x.shape());
  for (T& m : mask.flat()) m = rng.uniform() < rate ? T(0) : static_cast<T>(1 / (1 - rate));
  return mul(x, mask);
}

#define PREMELT_INSTANTIATE(T)                           \
  template Var<T> pow(const Var<T>&, double);            \
  template Var<T> pow(const Var<T>&, const Operand<T>&); \
  template Var<T> sigmoid(const Var<T>&);                \
  template Var<T> silu(const Var<T>&);                   \
  template Var<T> normal_cdf(const Var<T>&);             \
  template Var<T> gelu(const Var<T>&);                   \
  template Var<T> dropout(const Var<T>&, double, Rng&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
