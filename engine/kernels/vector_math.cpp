#include "engine/kernels/vector_math.hpp"

// GCC 12 takes the deliberately undefined registers inside its own AVX-512 headers for mistakes (GCC bug
// 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <algorithm>
#include <array>
#include <xsimd/xsimd.hpp>

namespace premelt::kernels {

namespace {

/// The last, partial batch is padded and computed with the same instructions, so an element's result does not
/// depend on its place in the array.
template <class T, class F>
void apply(std::size_t n, const T* x, T* y, F f) {
  using Batch = xsimd::batch<T>;
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

}  // namespace

template <class T>
void exp(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return xsimd::exp(batch); });
}

template <class T>
void log(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return xsimd::log(batch); });
}

template <class T>
void tanh(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return xsimd::tanh(batch); });
}

template <class T>
void erf(std::size_t n, const T* x, T* y) {
  apply(n, x, y, [](const auto& batch) { return xsimd::erf(batch); });
}

template <class T>
double sum(std::size_t n, const T* x) {
  // Independent partial sums keep the adders busy; their number is fixed, so the result is reproducible.
  std::array<double, 16> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= n; i += lanes.size()) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += static_cast<double>(x[i + lane]);
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) lanes[lane] += static_cast<double>(x[i]);
  for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
  }
  return lanes[0];
}

template <class T>
T maximum(std::size_t n, const T* x) {
  using Batch = xsimd::batch<T>;
  constexpr std::size_t width = Batch::size;
  std::array<T, width> lanes;
  std::size_t i = 0;
  if (n >= width) {
    Batch top = Batch::load_unaligned(x);
    for (i = width; i + width <= n; i += width) top = xsimd::max(top, Batch::load_unaligned(x + i));
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

#define PREMELT_INSTANTIATE(T)                   \
  template void exp(std::size_t, const T*, T*);  \
  template void log(std::size_t, const T*, T*);  \
  template void tanh(std::size_t, const T*, T*); \
  template void erf(std::size_t, const T*, T*);  \
  template double sum(std::size_t, const T*);    \
  template T maximum(std::size_t, const T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
