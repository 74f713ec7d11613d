#include "engine/kernels/attention.hpp"

#include <cmath>
#include <vector>

#include "engine/blas.hpp"
#include "engine/kernels/softmax.hpp"

namespace premelt::kernels {

namespace {

using blas::Op;

template <class T>
T score_scale(const AttentionShape& shape) {
  return static_cast<T>(1 / std::sqrt(static_cast<double>(shape.width)));
}

/// Calls head(offset into rows `stride` apart, offset into rows HD apart, offset into the weights) for every
/// head.
template <class Head>
void for_each_head(const AttentionShape& shape, std::size_t stride, Head head) {
  const std::size_t square = shape.positions * shape.positions;
  for (std::size_t b = 0; b < shape.samples; ++b) {
    for (std::size_t h = 0; h < shape.heads; ++h) {
      const std::size_t row = b * shape.positions, column = h * shape.width;
      head(row * stride + column, row * shape.heads * shape.width + column, (b * shape.heads + h) * square);
    }
  }
}

}  // namespace

template <class T>
void attention_forward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                       T* weights, T* out) {
  const std::size_t n = shape.positions, d = shape.width, channels = shape.heads * d;
  for_each_head(shape, stride, [&](std::size_t in, std::size_t to, std::size_t square) {
    T* p = weights + square;
    blas::gemm(Op::none, Op::transpose, n, n, d, score_scale<T>(shape), q + in, stride, k + in, stride, T(0),
               p, n);
    softmax_rows(n, n, shape.causal, p);
    blas::gemm(Op::none, Op::none, n, d, n, T(1), p, n, v + in, stride, T(0), out + to, channels);
  });
}

template <class T>
void attention_backward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                        const T* weights, const T* g, T* dq, T* dk, T* dv) {
  const std::size_t n = shape.positions, d = shape.width, channels = shape.heads * d;
  const T scale = score_scale<T>(shape);
  std::vector<T> ds(n * n);
  for_each_head(shape, stride, [&](std::size_t in, std::size_t at, std::size_t square) {
    const T* p = weights + square;
    blas::gemm(Op::transpose, Op::none, n, d, n, T(1), p, n, g + at, channels, T(0), dv + in, stride);
    blas::gemm(Op::none, Op::transpose, n, n, d, T(1), g + at, channels, v + in, stride, T(0), ds.data(), n);
    softmax_rows_cotangent(n, n, p, ds.data());
    blas::gemm(Op::none, Op::none, n, d, n, scale, ds.data(), n, k + in, stride, T(0), dq + in, stride);
    blas::gemm(Op::transpose, Op::none, n, d, n, scale, ds.data(), n, q + in, stride, T(0), dk + in, stride);
  });
}

#define PREMELT_INSTANTIATE(T)                                                                               \
  template void attention_forward(const AttentionShape&, std::size_t, const T*, const T*, const T*, T*, T*); \
  template void attention_backward(const AttentionShape&, std::size_t, const T*, const T*, const T*,         \
                                   const T*, const T*, T*, T*, T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::kernels
