#include "engine/linalg/blas.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/tensor/error.hpp"

namespace premelt::blas {

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

void check_info(const char* routine, lapack_int info) {
  if (info != 0)
    throw Error(std::string("[") + routine + "] LAPACK failed with info " + std::to_string(info));
}

template <class T>
std::size_t check_square(const char* op, const Tensor<T>& matrix) {
  if (matrix.rank() != 2 || matrix.shape()[0] != matrix.shape()[1]) {
    throw ShapeError(std::string("[") + op + "] needs a square matrix, got " + to_string(matrix.shape()));
  }
  return matrix.shape()[0];
}

/// x = beta·x, and 0 for beta = 0 whatever was there: what BLAS does to its result when it sums over nothing.
template <class T>
void scale(std::size_t n, T beta, T* x) {
  for (std::size_t i = 0; i < n; ++i) x[i] = beta == 0 ? T(0) : beta * x[i];
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
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (std::size_t i = 0; i < m; ++i) scale(n, beta, c + i * ldc);
  } else if (better_in_blocks(transpose_a, m, n, k)) {
    gemm_in_blocks(transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  } else {
    gemm_as_given(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
}

template <class T>
void gemm_batched(std::size_t count, Transpose transpose_a, Transpose transpose_b, std::size_t m,
                  std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, std::size_t stride_a,
                  const T* b, std::size_t ldb, std::size_t stride_b, T beta, T* c, std::size_t ldc,
                  std::size_t stride_c) {
  for (std::size_t i = 0; i < count; ++i) {
    gemm(transpose_a, transpose_b, m, n, k, alpha, a + i * stride_a, lda, b + i * stride_b, ldb, beta,
         c + i * stride_c, ldc);
  }
}

template <class T>
void syrk(Transpose transpose, std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, T beta,
          T* c, std::size_t ldc) {
  if (n == 0) return;
  if (k == 0) {
    for (std::size_t i = 0; i < n; ++i) scale(n, beta, c + i * ldc);
    return;
  }
  dispatch<T>(cblas_ssyrk, cblas_dsyrk, CblasRowMajor, CblasUpper, cblas_transpose(transpose), blas_int(n),
              blas_int(k), alpha, a, blas_int(lda), beta, c, blas_int(ldc));
  for (std::size_t i = 1; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) c[i * ldc + j] = c[j * ldc + i];
  }
}

template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y) {
  const std::size_t length = transpose == Transpose::no ? m : n;
  if (m == 0 || n == 0) return scale(length, beta, y);
  dispatch<T>(cblas_sgemv, cblas_dgemv, CblasRowMajor, cblas_transpose(transpose), blas_int(m), blas_int(n),
              alpha, a, blas_int(lda), x, 1, beta, y, 1);
}

template <class T>
T dot(std::size_t n, const T* x, const T* y) {
  return dispatch<T>(cblas_sdot, cblas_ddot, blas_int(n), x, 1, y, 1);
}

template <class T>
Eigen<T> symmetric_eigen(const Tensor<T>& matrix, std::size_t count) {
  const std::size_t n = check_square("symmetric_eigen", matrix);
  count = std::min(count, n);
  Eigen<T> result{Tensor<T>(Shape{count}), Tensor<T>(Shape{count, n})};
  if (count == 0) return result;

  // Column-major on the row-major buffer: a symmetric matrix is its own transpose, and column j of the
  // result is row j of ours, so nothing is copied or transposed.
  Tensor<T> work = matrix.clone();
  std::vector<T> ascending(n);
  std::vector<lapack_int> support(2 * n);
  Tensor<T> vectors(Shape{count, n});
  lapack_int found = 0;
  const auto first = blas_int(n - count + 1);
  const auto size = blas_int(n);
  check_info("symmetric_eigen",
             dispatch<T>(LAPACKE_ssyevr, LAPACKE_dsyevr, LAPACK_COL_MAJOR, 'V', count == n ? 'A' : 'I', 'U',
                         size, work.data(), size, T(0), T(0), first, size, T(0), &found, ascending.data(),
                         vectors.data(), size, support.data()));
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t source = count - 1 - j;
    result.values(j) = ascending[source];
    std::ranges::copy(vectors.row(source), result.vectors.row(j).begin());
  }
  return result;
}

template <class T>
Tensor<T> symmetric_eigenvalues(const Tensor<T>& matrix) {
  const std::size_t n = check_square("symmetric_eigenvalues", matrix);
  Tensor<T> work = matrix.clone();
  Tensor<T> values(Shape{n});
  if (n == 0) return values;
  const auto size = blas_int(n);
  check_info("symmetric_eigenvalues", dispatch<T>(LAPACKE_ssyevd, LAPACKE_dsyevd, LAPACK_COL_MAJOR, 'N', 'U',
                                                  size, work.data(), size, values.data()));
  std::ranges::reverse(values.flat());
  return values;
}

template <class T>
std::vector<std::complex<T>> eigenvalues(const Tensor<T>& matrix) {
  const std::size_t n = check_square("eigenvalues", matrix);
  if (n == 0) return {};
  // Read column-major, the buffer is the transpose, whose eigenvalues are the same.
  Tensor<T> work = matrix.clone();
  std::vector<T> real(n), imaginary(n);
  const auto size = blas_int(n);
  T* const no_vectors = nullptr;
  check_info("eigenvalues",
             dispatch<T>(LAPACKE_sgeev, LAPACKE_dgeev, LAPACK_COL_MAJOR, 'N', 'N', size, work.data(), size,
                         real.data(), imaginary.data(), no_vectors, size, no_vectors, size));
  std::vector<std::complex<T>> values(n);
  for (std::size_t k = 0; k < n; ++k) values[k] = {real[k], imaginary[k]};
  std::ranges::stable_sort(values, std::greater<>(), [](std::complex<T> z) { return std::abs(z); });
  return values;
}

template <class T>
Svd<T> svd(const Tensor<T>& matrix) {
  if (matrix.rank() != 2) throw ShapeError("[svd] needs a matrix, got " + to_string(matrix.shape()));
  const std::size_t m = matrix.shape()[0], n = matrix.shape()[1], r = std::min(m, n);
  Svd<T> result{Tensor<T>(Shape{r, m}), Tensor<T>(Shape{r}), Tensor<T>(Shape{r, n})};
  if (r == 0) return result;

  // Read column-major, the buffer is Aᵀ (n,m) = V diag(s) Uᵀ: LAPACK's "U" (n,r) in columns is our `right` in
  // rows, and its "VT" (r,m) in columns is Uᵀ stored as (m,r) rows, to be transposed once.
  Tensor<T> work = matrix.clone();
  Tensor<T> left_columns(Shape{m, r});
  const auto rows = blas_int(n), columns = blas_int(m);
  check_info("svd", dispatch<T>(LAPACKE_sgesdd, LAPACKE_dgesdd, LAPACK_COL_MAJOR, 'S', rows, columns,
                                work.data(), rows, result.values.data(), result.right.data(), rows,
                                left_columns.data(), blas_int(r)));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < r; ++j) result.left(j, i) = left_columns(i, j);
  }
  return result;
}

#define PREMELT_INSTANTIATE(T)                                                                              \
  template void gemm(Transpose, Transpose, std::size_t, std::size_t, std::size_t, T, const T*, std::size_t, \
                     const T*, std::size_t, T, T*, std::size_t);                                            \
  template void gemm_batched(std::size_t, Transpose, Transpose, std::size_t, std::size_t, std::size_t, T,   \
                             const T*, std::size_t, std::size_t, const T*, std::size_t, std::size_t, T, T*, \
                             std::size_t, std::size_t);                                                     \
  template void syrk(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, T, T*, std::size_t);    \
  template void gemv(Transpose, std::size_t, std::size_t, T, const T*, std::size_t, const T*, T, T*);       \
  template T dot(std::size_t, const T*, const T*);                                                          \
  template Eigen<T> symmetric_eigen(const Tensor<T>&, std::size_t);                                         \
  template Tensor<T> symmetric_eigenvalues(const Tensor<T>&);                                               \
  template std::vector<std::complex<T>> eigenvalues(const Tensor<T>&);                                      \
  template Svd<T> svd(const Tensor<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::blas
