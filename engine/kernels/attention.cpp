#include "engine/kernels/attention.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/kernels/panels.hpp"

namespace premelt::kernels {

namespace {

/// Where one head lies: in rows `stride` apart, in rows HD apart, and in the weights.
struct Place {
  std::size_t in, out, weights;
};

template <class Head>
void for_each_head(const AttentionShape& shape, std::size_t stride, Head head) {
  const std::size_t square = shape.positions * shape.positions;
  for (std::size_t b = 0; b < shape.samples; ++b) {
    for (std::size_t h = 0; h < shape.heads; ++h) {
      const std::size_t row = b * shape.positions, column = h * shape.width;
      head(Place{row * stride + column, row * shape.heads * shape.width + column,
                 (b * shape.heads + h) * square});
    }
  }
}

/// Calls block(first, rows) for the queries (or keys) 0..n, some at a time.
template <class Block>
void for_each_block(std::size_t n, Block block) {
  for (std::size_t first = 0; first < n; first += block_rows) block(first, std::min(block_rows, n - first));
}

template <class T>
T score_scale(const AttentionShape& shape) {
  return static_cast<T>(1 / std::sqrt(static_cast<double>(shape.width)));
}

/// 0, 1, 2, ... in the lanes of a vector.
template <class T>
simd::batch<T> lane_numbers() {
  std::array<T, lanes<T>> numbers;
  std::iota(numbers.begin(), numbers.end(), T(0));
  return simd::batch<T>::load_unaligned(numbers.data());
}

template <class T>
T largest(const simd::batch<T>& batch) {
  std::array<T, lanes<T>> values;
  batch.store_unaligned(values.data());
  for (std::size_t half = values.size() / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) values[i] = std::max(values[i], values[i + half]);
  }
  return values[0];
}

/// Turns scores of `padded` numbers into exp(score − largest), 0 beyond the first `seen`. Returns 1/Σ.
template <class T>
T softmax_numerators(std::size_t seen, std::size_t padded, T* scores) {
  using Batch = simd::batch<T>;
  const Batch number = lane_numbers<T>(), masked(-std::numeric_limits<T>::infinity());
  Batch top = masked, sum(T(0));
  for (std::size_t j = 0; j < padded; j += lanes<T>) {
    Batch score = Batch::load_unaligned(scores + j);
    if (j + lanes < T >> seen) {
      score = simd::select(number + Batch(static_cast<T>(j)) < Batch(static_cast<T>(seen)), score, masked);
      score.store_unaligned(scores + j);
    }
    top = simd::max(top, score);
  }
  top = Batch(largest(top));
  for (std::size_t j = 0; j < padded; j += lanes<T>) {
    const Batch weight = simd::exp(Batch::load_unaligned(scores + j) - top);
    weight.store_unaligned(scores + j);
    sum += weight;
  }
  return 1 / simd::hadd(sum);
}

/// P∘(dP − rowsum(P∘dP)) in place of dP, for one query's row.
template <class T>
void softmax_cotangent(std::size_t seen, const T* p, T* dp) {
  using Batch = simd::batch<T>;
  Batch sums(T(0));
  std::size_t whole = 0;
  for (; whole + lanes<T> <= seen; whole += lanes<T>) {
    sums = simd::fma(Batch::load_unaligned(p + whole), Batch::load_unaligned(dp + whole), sums);
  }
  T inner = simd::hadd(sums);
  for (std::size_t j = whole; j < seen; ++j) inner += p[j] * dp[j];
  for (std::size_t j = 0; j < seen; ++j) dp[j] = p[j] * (dp[j] - inner);
}

}  // namespace

template <class T>
void attention_forward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                       T* weights, T* out) {
  if (shape.width == 0) return;
  const std::size_t n = shape.positions, d = shape.width, channels = shape.heads * d;
  const T scale = score_scale<T>(shape);
  Panel<T> keys(d, n), values(n, d), scores(block_rows, n), mixed(block_rows, d);
  for_each_head(shape, stride, [&](const Place& at) {
    keys.fill(d, n, {k + at.in, 1, stride}, scale);
    values.fill(n, d, {v + at.in, stride, 1});
    for_each_block(n, [&](std::size_t first, std::size_t rows) {
      const std::size_t seen = shape.causal ? first + rows : n, width = padded<T>(seen);
      multiply(rows, width, d, {q + at.in + first * stride, stride, 1}, keys, scores);
      std::array<T, block_rows> factors;
      for (std::size_t r = 0; r < rows; ++r) {
        factors[r] = softmax_numerators(shape.causal ? first + r + 1 : n, width, scores.row(r));
      }
      multiply(rows, mixed.width, seen, {scores.row(0), scores.width, 1}, values, mixed);
      for (std::size_t r = 0; r < rows; ++r) {
        T* to = out + at.out + (first + r) * channels;
        for (std::size_t c = 0; c < d; ++c) to[c] = factors[r] * mixed.row(r)[c];
        if (weights == nullptr) continue;
        T* p = weights + at.weights + (first + r) * n;
        for (std::size_t j = 0; j < seen; ++j) p[j] = factors[r] * scores.row(r)[j];
        std::fill(p + seen, p + n, T(0));
      }
    });
  });
}

template <class T>
void attention_backward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                        const T* weights, const T* g, T* dq, T* dk, T* dv) {
  if (shape.width == 0) return;
  const std::size_t n = shape.positions, d = shape.width, channels = shape.heads * d;
  const T scale = score_scale<T>(shape);
  Panel<T> queries(n, d), keys(n, d), values(d, n), cotangents(n, d), ds(n, n), block(block_rows, n),
      result(block_rows, d);
  const auto copy_rows = [&](std::size_t rows, T* to) {
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(result.row(r), d, to + r * stride);
  };
  for_each_head(shape, stride, [&](const Place& at) {
    const T* p = weights + at.weights;
    queries.fill(n, d, {q + at.in, stride, 1}, scale);
    keys.fill(n, d, {k + at.in, stride, 1}, scale);
    values.fill(d, n, {v + at.in, 1, stride});
    cotangents.fill(n, d, {g + at.out, channels, 1});
    for_each_block(n, [&](std::size_t first, std::size_t rows) {
      const std::size_t seen = shape.causal ? first + rows : n;
      multiply(rows, padded<T>(seen), d, {g + at.out + first * channels, channels, 1}, values, block);
      for (std::size_t r = 0; r < rows; ++r) {
        softmax_cotangent(seen, p + (first + r) * n, block.row(r));
        std::copy_n(block.row(r), seen, ds.row(first + r));
      }
      multiply(rows, result.width, seen, {ds.row(first), ds.width, 1}, keys, result);
      copy_rows(rows, dq + at.in + first * stride);
    });
    for_each_block(n, [&](std::size_t first, std::size_t rows) {
      const std::size_t unseen = shape.causal ? first : 0;  // earlier queries do not look here
      multiply(rows, result.width, n - unseen, {p + unseen * n + first, 1, n}, cotangents, result, unseen);
      copy_rows(rows, dv + at.in + first * stride);
      multiply(rows, result.width, n - unseen, {ds.row(unseen) + first, 1, ds.width}, queries, result,
               unseen);
      copy_rows(rows, dk + at.in + first * stride);
    });
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
