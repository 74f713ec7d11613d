#pragma once
/// Products of matrices too small for BLAS to pay: one head of attention. The right-hand side is a panel, its
/// rows padded with zeros to whole SIMD vectors. For .cpp files of kernels only.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/kernels/simd.hpp"

namespace premelt::kernels {

/// Numbers in a SIMD vector.
template <class T>
inline constexpr std::size_t lanes = simd::batch<T>::size;

/// The next multiple of `lanes`.
template <class T>
std::size_t padded(std::size_t count) {
  return (count + lanes<T> - 1) / lanes<T> * lanes<T>;
}

/// Element (i,j) lies at data[i·row + j·column]: a matrix as stored or its transpose.
template <class T>
struct Strided {
  const T* data;       ///< element (0,0)
  std::size_t row;     ///< elements from one row to the next
  std::size_t column;  ///< and from one column to the next
};

/// Rows of `width` numbers, as products read them.
template <class T>
struct Panel {
  /// Zeros; `width` is `columns`, padded to whole vectors.
  Panel(std::size_t rows, std::size_t columns) : width(padded<T>(columns)), values(rows * width, T(0)) {}

  /// @{
  /// The first number of row i.
  T* row(std::size_t i) { return values.data() + i * width; }
  const T* row(std::size_t i) const { return values.data() + i * width; }
  /// @}

  /// Takes over `source`; what lies beyond stays zero.
  void fill(std::size_t rows, std::size_t columns, const Strided<T>& source, T factor = T(1)) {
    for (std::size_t i = 0; i < rows; ++i) {
      const T* from = source.data + i * source.row;
      T* to = row(i);
      for (std::size_t j = 0; j < columns; ++j) to[j] = factor * from[j * source.column];
    }
  }

  std::size_t width;      ///< numbers in a row
  std::vector<T> values;  ///< row by row
};

namespace detail {

/// `Rows` rows and `Vectors` vectors of columns of C = A·B, held in registers; `inner` > 0.
template <std::size_t Rows, std::size_t Vectors, class T>
void block_product(std::size_t inner, const Strided<T>& a, const T* b, std::size_t ldb, T* c,
                   std::size_t ldc) {
  using Batch = simd::batch<T>;
  Batch sums[Rows][Vectors];
  const auto each = [&](std::size_t k, auto update) {
    Batch right[Vectors];
    for (std::size_t v = 0; v < Vectors; ++v) right[v] = Batch::load_unaligned(b + k * ldb + v * lanes<T>);
    const T* left = a.data + k * a.column;
    for (std::size_t r = 0; r < Rows; ++r) {
      const Batch factor(left[r * a.row]);
      for (std::size_t v = 0; v < Vectors; ++v) update(sums[r][v], factor, right[v]);
    }
  };
  each(0, [](Batch& sum, const Batch& x, const Batch& y) { sum = x * y; });
  for (std::size_t k = 1; k < inner; ++k) {
    each(k, [](Batch& sum, const Batch& x, const Batch& y) { sum = simd::fma(x, y, sum); });
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t v = 0; v < Vectors; ++v) sums[r][v].store_unaligned(c + r * ldc + v * lanes<T>);
  }
}

/// C (Rows,columns) = A (Rows,inner)·B (inner,columns), two vectors of columns at a time.
template <std::size_t Rows, class T>
void rows_product(std::size_t inner, std::size_t columns, const Strided<T>& a, const T* b, std::size_t ldb,
                  T* c, std::size_t ldc) {
  std::size_t j = 0;
  for (; j + 2 * lanes<T> <= columns; j += 2 * lanes<T>) {
    block_product<Rows, 2>(inner, a, b + j, ldb, c + j, ldc);
  }
  if (j < columns) block_product<Rows, 1>(inner, a, b + j, ldb, c + j, ldc);
}

}  // namespace detail

/// How many rows of a product are best asked for together.
inline constexpr std::size_t block_rows = 8;

/// C (rows,columns) = A (rows,inner)·B, B from row `first` on: up to `block_rows` rows; `columns` is a
/// multiple of the vector.
template <class T>
void multiply(std::size_t rows, std::size_t columns, std::size_t inner, const Strided<T>& a,
              const Panel<T>& b, Panel<T>& c, std::size_t first = 0) {
  if (rows == block_rows) {
    detail::rows_product<block_rows>(inner, columns, a, b.row(first), b.width, c.row(0), c.width);
    return;
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const Strided<T> row{a.data + r * a.row, a.row, a.column};
    detail::rows_product<1>(inner, columns, row, b.row(first), b.width, c.row(r), c.width);
  }
}

}  // namespace premelt::kernels
