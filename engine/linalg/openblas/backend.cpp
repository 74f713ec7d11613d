#include "engine/linalg/openblas/backend.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include "engine/tensor/error.hpp"

namespace premelt::blas::openblas {

namespace {

static_assert(std::is_same_v<blasint, lapack_int>);

CBLAS_TRANSPOSE cblas_transpose(Transpose transpose) {
  return transpose == Transpose::no ? CblasNoTrans : CblasTrans;
}

/// BLAS and LAPACK count in 32 bits. Throws ShapeError for an extent beyond that.
blasint blas_int(std::size_t n) {
  if (n > static_cast<std::size_t>(std::numeric_limits<blasint>::max())) {
    throw ShapeError("[blas] an extent of " + std::to_string(n) + " is more than BLAS can count, " +
                     std::to_string(std::numeric_limits<blasint>::max()));
  }
  return static_cast<blasint>(n);
}

/// Calls the single- or double-precision routine by element type.
template <class T, class Single, class Double, class... Args>
auto dispatch(Single single, Double dbl, Args... args) {
  if constexpr (std::is_same_v<T, float>) {
    return single(args...);
  } else {
    return dbl(args...);
  }
}

template <class T>
void gemm_as_given(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
                   T alpha, const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c,
                   std::size_t ldc) {
  dispatch<T>(cblas_sgemm, cblas_dgemm, CblasRowMajor, cblas_transpose(transpose_a),
              cblas_transpose(transpose_b), blas_int(m), blas_int(n), blas_int(k), alpha, a, blas_int(lda), b,
              blas_int(ldb), beta, c, blas_int(ldc));
}

/// OpenBLAS's AVX-512 kernels multiply small matrices without packing them first. Where many rows meet one
/// small matrix, blocks of rows are therefore 15 to 60 % faster than the whole at once.
constexpr std::size_t row_block = 64;
constexpr std::size_t small_product = 1'000'000;  // multiplications, OpenBLAS's own limit

bool better_in_blocks(Transpose transpose_a, std::size_t m, std::size_t n, std::size_t k) {
  static const bool small_kernels = std::string(openblas_get_corename()) == "SkylakeX";
  return small_kernels && openblas_get_num_threads() == 1 && transpose_a == Transpose::no &&
         m >= 4 * row_block && k <= 128 && row_block * n * k <= small_product;
}

/// The same product by blocks of rows; B is laid out anew where it is given as its transpose.
template <class T>
void gemm_in_blocks(Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha, const T* a,
                    std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc) {
  std::vector<T> turned;
  if (transpose_b == Transpose::yes) {
    turned.resize(k * n);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < k; ++i) turned[i * n + j] = b[j * ldb + i];
    }
    b = turned.data();
    ldb = n;
  }
  for (std::size_t row = 0; row < m; row += row_block) {
    gemm_as_given(Transpose::no, Transpose::no, std::min(row_block, m - row), n, k, alpha, a + row * lda, lda,
                  b, ldb, beta, c + row * ldc, ldc);
  }
}

}  // namespace

template <class T>
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha,
          const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc) {
  if (better_in_blocks(transpose_a, m, n, k)) {
    gemm_in_blocks(transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  } else {
    gemm_as_given(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
}

template <class T>
void syrk(Transpose transpose, std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, T beta,
          T* c, std::size_t ldc) {
  dispatch<T>(cblas_ssyrk, cblas_dsyrk, CblasRowMajor, CblasUpper, cblas_transpose(transpose), blas_int(n),
              blas_int(k), alpha, a, blas_int(lda), beta, c, blas_int(ldc));
}

template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y) {
  dispatch<T>(cblas_sgemv, cblas_dgemv, CblasRowMajor, cblas_transpose(transpose), blas_int(m), blas_int(n),
              alpha, a, blas_int(lda), x, 1, beta, y, 1);
}

template <class T>
T dot(std::size_t n, const T* x, const T* y) {
  return dispatch<T>(cblas_sdot, cblas_ddot, blas_int(n), x, 1, y, 1);
}

template <class T>
bool symmetric_eigen(std::size_t n, std::size_t count, T* matrix, T* values, T* vectors) {
  const auto size = blas_int(n);
  if (count == 0) {
    return dispatch<T>(LAPACKE_ssyevd, LAPACKE_dsyevd, LAPACK_COL_MAJOR, 'N', 'U', size, matrix, size,
                       values) == 0;
  }
  // Column-major on the row-major buffer: a symmetric matrix is its own transpose, and column j of the
  // result is row j of ours, so nothing is copied or transposed.
  std::vector<lapack_int> support(2 * n);
  lapack_int found = 0;
  const auto first = blas_int(n - count + 1);
  if (dispatch<T>(LAPACKE_ssyevr, LAPACKE_dsyevr, LAPACK_COL_MAJOR, 'V', count == n ? 'A' : 'I', 'U', size,
                  matrix, size, T(0), T(0), first, size, T(0), &found, values, vectors, size,
                  support.data()) != 0) {
    return false;
  }
  std::copy_backward(values, values + count, values + n);
  return true;
}

template <class T>
bool eigenvalues(std::size_t n, T* matrix, std::complex<T>* values) {
  // Read column-major, the buffer is the transpose, whose eigenvalues are the same.
  std::vector<T> real(n), imaginary(n);
  const auto size = blas_int(n);
  T* const no_vectors = nullptr;
  const auto info = dispatch<T>(LAPACKE_sgeev, LAPACKE_dgeev, LAPACK_COL_MAJOR, 'N', 'N', size, matrix, size,
                                real.data(), imaginary.data(), no_vectors, size, no_vectors, size);
  for (std::size_t k = 0; k < n; ++k) values[k] = {real[k], imaginary[k]};
  return info == 0;
}

template <class T>
bool svd(std::size_t m, std::size_t n, T* matrix, T* left, T* values, T* right) {
  // Read column-major, the buffer is Aᵀ (n,m) = V diag(s) Uᵀ: LAPACK's "U" (n,r) in columns is our `right` in
  // rows, and its "VT" (r,m) in columns is Uᵀ stored as (m,r) rows, to be transposed once.
  const std::size_t r = std::min(m, n);
  std::vector<T> left_columns(m * r);
  const auto rows = blas_int(n), columns = blas_int(m);
  const auto info = dispatch<T>(LAPACKE_sgesdd, LAPACKE_dgesdd, LAPACK_COL_MAJOR, 'S', rows, columns, matrix,
                                rows, values, right, rows, left_columns.data(), blas_int(r));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < r; ++j) left[j * m + i] = left_columns[i * r + j];
  }
  return info == 0;
}

template <class T>
bool qr(std::size_t m, std::size_t n, T* columns, T* r) {
  const auto rows = blas_int(m), width = blas_int(n);
  std::vector<T> scales(n);
  if (dispatch<T>(LAPACKE_sgeqrf, LAPACKE_dgeqrf, LAPACK_COL_MAJOR, rows, width, columns, rows,
                  scales.data()) != 0) {
    return false;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) r[i * n + j] = j < i ? T(0) : columns[j * m + i];
  }
  return dispatch<T>(LAPACKE_sorgqr, LAPACKE_dorgqr, LAPACK_COL_MAJOR, rows, width, width, columns, rows,
                     scales.data()) == 0;
}

#define PREMELT_INSTANTIATE(T)                                                                              \
  template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, T, const T*, std::size_t, \
                     const T*, std::size_t, T, T*, std::size_t);                                            \
  template void syrk(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, T, T*, std::size_t);    \
  template void gemv(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, const T*, T, T*);       \
  template T dot(std::size_t, const T*, const T*);                                                          \
  template bool symmetric_eigen(std::size_t, std::size_t, T*, T*, T*);                                      \
  template bool eigenvalues(std::size_t, T*, std::complex<T>*);                                             \
  template bool svd(std::size_t, std::size_t, T*, T*, T*, T*);                                              \
  template bool qr(std::size_t, std::size_t, T*, T*);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::blas::openblas
