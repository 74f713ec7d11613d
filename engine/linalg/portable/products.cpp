/// Products of matrices and vectors, blocked so that what is read again lies in the caches and sums lie in
/// registers.

#include <algorithm>
#include <array>
#include <vector>

#include "engine/linalg/portable/backend.hpp"
#include "engine/linalg/portable/vector.hpp"

namespace premelt::blas::portable {

namespace {

/// Rows and vectors of columns whose sums fit into sixteen registers, with their factors.
constexpr std::size_t tile_rows = 4, tile_vectors = 2;
template <class T>
constexpr std::size_t tile_columns = tile_vectors* vector_lanes<T>;
/// Depth of a block and rows of A: together half of a small first-level cache. Columns of B: the second
/// level.
constexpr std::size_t block_depth = 256, block_rows = 32, block_columns = 512;

/// Element (i,j) of a matrix as it lies or transposed.
template <class T>
struct Reading {
  Reading(Transpose transpose, const T* data, std::size_t leading)
      : data_(data),
        row_(transpose == Transpose::no ? leading : 1),
        column_(transpose == Transpose::no ? 1 : leading) {}
  T operator()(std::size_t i, std::size_t j) const { return data_[i * row_ + j * column_]; }

 private:
  const T* data_;
  std::size_t row_, column_;
};

/// Strips of `width` lines, each laid out depth by depth as a tile reads it; missing lines are zero.
template <class T, class Element>
void pack(std::size_t lines, std::size_t depth, std::size_t width, Element element, std::vector<T>& packed) {
  packed.assign((lines + width - 1) / width * width * depth, T(0));
  for (std::size_t line = 0; line < lines; ++line) {
    T* strip = packed.data() + line / width * width * depth + line % width;
    for (std::size_t p = 0; p < depth; ++p) strip[p * width] = element(line, p);
  }
}

/// The sums of one tile, held in registers.
template <class T>
void multiply_tile(std::size_t depth, const T* a, const T* b, T* tile) {
  Vector<T> sums[tile_rows][tile_vectors] = {};
  for (std::size_t p = 0; p < depth; ++p) {
    const T* right = b + p * tile_columns<T>;
    for (std::size_t r = 0; r < tile_rows; ++r) {
      const Vector<T> factor = splat(a[p * tile_rows + r]);
      for (std::size_t v = 0; v < tile_vectors; ++v) sums[r][v] += factor * load(right + v * vector_lanes<T>);
    }
  }
  for (std::size_t r = 0; r < tile_rows; ++r) {
    for (std::size_t v = 0; v < tile_vectors; ++v) {
      store(tile + r * tile_columns<T> + v * vector_lanes<T>, sums[r][v]);
    }
  }
}

/// C += alpha·(packed A)·(packed B), tile by tile.
template <class T>
void multiply_block(std::size_t rows, std::size_t columns, std::size_t depth, T alpha, const T* a, const T* b,
                    T* c, std::size_t ldc) {
  std::array<T, tile_rows * tile_columns<T>> tile;
  for (std::size_t j = 0; j < columns; j += tile_columns<T>) {
    for (std::size_t i = 0; i < rows; i += tile_rows) {
      multiply_tile(depth, a + i * depth, b + j * depth, tile.data());
      for (std::size_t r = 0; r < std::min(tile_rows, rows - i); ++r) {
        for (std::size_t s = 0; s < std::min(tile_columns<T>, columns - j); ++s) {
          c[(i + r) * ldc + j + s] += alpha * tile[r * tile_columns<T> + s];
        }
      }
    }
  }
}

/// Independent partial sums keep the adders busy; their number is fixed, so the result is the same
/// everywhere.
constexpr std::size_t partial_sums = 16;

}  // namespace

template <class T>
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha,
          const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc) {
  const Reading<T> left(transpose_a, a, lda), right(transpose_b, b, ldb);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) c[i * ldc + j] = beta == 0 ? T(0) : beta * c[i * ldc + j];
  }
  thread_local std::vector<T> packed_a, packed_b;  // kept, since most products are small
  for (std::size_t p = 0; p < k; p += block_depth) {
    const std::size_t depth = std::min(block_depth, k - p);
    for (std::size_t j = 0; j < n; j += block_columns) {
      const std::size_t columns = std::min(block_columns, n - j);
      pack(
          columns, depth, tile_columns<T>, [&](std::size_t s, std::size_t q) { return right(p + q, j + s); },
          packed_b);
      for (std::size_t i = 0; i < m; i += block_rows) {
        const std::size_t rows = std::min(block_rows, m - i);
        pack(
            rows, depth, tile_rows, [&](std::size_t r, std::size_t q) { return left(i + r, p + q); },
            packed_a);
        multiply_block(rows, columns, depth, alpha, packed_a.data(), packed_b.data(), c + i * ldc + j, ldc);
      }
    }
  }
}

template <class T>
void syrk(Transpose transpose, std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, T beta,
          T* c, std::size_t ldc) {
  const bool turned = transpose == Transpose::yes;
  const std::size_t line = turned ? 1 : lda;  // from one row of the product's left side to the next
  for (std::size_t i = 0; i < n; i += block_rows) {
    gemm(transpose, turned ? Transpose::no : Transpose::yes, std::min(block_rows, n - i), n - i, k, alpha,
         a + i * line, lda, a + i * line, lda, beta, c + i * ldc + i, ldc);
  }
}

template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y) {
  const std::size_t length = transpose == Transpose::no ? m : n;
  for (std::size_t i = 0; i < length; ++i) y[i] = beta == 0 ? T(0) : beta * y[i];
  if (transpose == Transpose::no) {
    for (std::size_t i = 0; i < m; ++i) y[i] += alpha * dot(n, a + i * lda, x);
    return;
  }
  for (std::size_t i = 0; i < m; ++i) {
    const T factor = alpha * x[i];
    for (std::size_t j = 0; j < n; ++j) y[j] += factor * a[i * lda + j];
  }
}

template <class T>
T dot(std::size_t n, const T* x, const T* y) {
  std::array<T, partial_sums> sums{};
  std::size_t i = 0;
  for (; i + partial_sums <= n; i += partial_sums) {
    for (std::size_t lane = 0; lane < partial_sums; ++lane) sums[lane] += x[i + lane] * y[i + lane];
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) sums[lane] += x[i] * y[i];
  for (std::size_t half = partial_sums / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  }
  return sums[0];
}

#define PREMELT_INSTANTIATE(T)                                                                              \
  template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, T, const T*, std::size_t, \
                     const T*, std::size_t, T, T*, std::size_t);                                            \
  template void syrk(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, T, T*, std::size_t);    \
  template void gemv(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, const T*, T, T*);       \
  template T dot(std::size_t, const T*, const T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::blas::portable
