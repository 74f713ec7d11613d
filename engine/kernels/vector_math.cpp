#include "engine/kernels/vector_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/kernels/simd.hpp"

namespace premelt::kernels {

namespace {

/// The last, partial batch is padded and computed with the same instructions, so an element's result does not
/// depend on its place in the array.
template <class T, class F>
void apply(std::size_t n, const T* x, T* y, F f) {
  using Batch = simd::batch<T>;
  constexpr std::size_t width = Batch::size;
  std::size_t i = 0;
  for (; i + width <= n; i += width) f(Batch::load_unaligned(x + i)).store_unaligned(y + i);
  if (i == n) return;
  std::array<T, width> tail;
  tail.fill(T(1));
  std::copy(x + i, x + n, tail.begin());
  f(Batch::load_unaligned(tail.data())).store_unaligned(tail.data());
  std::copy_n(tail.begin(), n - i, y + i);
}

/// eˣ where xsimd's exp gives up: it returns 0 and infinity some way before the results leave the numbers.
/// Whole numbers are added and subtracted exactly there.
template <class Batch>
Batch exp_at_edges(const Batch& x) {
  using T = typename Batch::value_type;
  constexpr bool is_double = sizeof(T) == sizeof(double);
  const Batch edge(is_double ? 708 : 87), step(is_double ? 64 : 24), none(0);
  const T factor = static_cast<T>(is_double ? 6.235149080811617e27 : 2.648912212984347e10);  // exp(step)
  const auto above = x > edge, below = x < -edge;
  if (!simd::any(above || below)) return simd::exp(x);
  const Batch moved = simd::select(above, x - step, simd::select(below, x + step, x));
  const Batch back = simd::select(above, Batch(factor), simd::select(below, Batch(1 / factor), Batch(1)));
  return simd::exp(moved) * back;
}

/// log x, for denormal numbers too, which xsimd's log does not know.
template <class Batch>
Batch log_of_any(const Batch& x) {
  using T = typename Batch::value_type;
  using Limits = std::numeric_limits<T>;
  const auto small = x < Batch(Limits::min());
  if (!simd::any(small)) return simd::log(x);
  constexpr int bits = Limits::digits + 1;
  const Batch lifted = simd::log(simd::select(small, x * Batch(std::ldexp(T(1), bits)), x));
  return lifted - simd::select(small, Batch(static_cast<T>(bits * std::numbers::ln2)), Batch(0));
}

/// Σ term(i) for i < n. Independent partial sums keep the adders busy; their number is fixed, so the result
/// is reproducible.
template <class Term>
double sum_of(std::size_t n, Term term) {
  std::array<double, 16> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= n; i += lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += term(i + lane);
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) lanes[lane] += term(i);
  for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

}  // namespace

template <class T>
void exp(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return exp_at_edges(batch); });
}

template <class T>
void log(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return log_of_any(batch); });
}

template <class T>
void tanh(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return simd::tanh(batch); });
}

template <>
void erf(std::size_t n, const float* x, float* y) {
  apply(n, x, y, [](const auto& batch) { return simd::erf(batch); });
}

template <>
void erf(std::size_t n, const double* x, double* y) {
  // xsimd's is off by 68 units in the last place near 2.2.
  std::transform(x, x + n, y, [](double v) { return std::erf(v); });
}

template <class T>
double sum(std::size_t n, const T* x) {
  return sum_of(n, [x](std::size_t i) { return static_cast<double>(x[i]); });
}

template <class T>
double dot(std::size_t n, const T* x, const T* y) {
  return sum_of(n, [=](std::size_t i) { return static_cast<double>(x[i]) * static_cast<double>(y[i]); });
}

template <class T>
T maximum(std::size_t n, const T* x) {
  using Batch = simd::batch<T>;
  constexpr std::size_t width = Batch::size;
  std::array<T, width> lanes;
  std::size_t i = 0;
  if (n >= width) {
    Batch top = Batch::load_unaligned(x);
    for (i = width; i + width <= n; i += width) top = simd::max(top, Batch::load_unaligned(x + i));
    top.store_unaligned(lanes.data());
  } else {
    lanes.fill(x[0]);
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) lanes[lane] = std::max(lanes[lane], x[i]);
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] = std::max(lanes[lane], lanes[lane + half]);
  }
  return lanes[0];
}

#define PREMELT_INSTANTIATE(T)                          \
  template void exp(std::size_t, const T*, T*);         \
  template void log(std::size_t, const T*, T*);         \
  template void tanh(std::size_t, const T*, T*);        \
  template double sum(std::size_t, const T*);           \
  template double dot(std::size_t, const T*, const T*); \
  template T maximum(std::size_t, const T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
