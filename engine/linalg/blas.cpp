#include "engine/linalg/blas.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "engine/linalg/backend.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::blas {

namespace {

void check_converged(const char* routine, bool converged) {
  if (!converged) throw Error(std::string("[") + routine + "] did not converge");
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

}  // namespace

template <class T>
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha,
          const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (std::size_t i = 0; i < m; ++i) scale(n, beta, c + i * ldc);
  } else {
    backend::gemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
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
  backend::syrk(transpose, n, k, alpha, a, lda, beta, c, ldc);
  for (std::size_t i = 1; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) c[i * ldc + j] = c[j * ldc + i];
  }
}

template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y) {
  if (m == 0 || n == 0) return scale(transpose == Transpose::no ? m : n, beta, y);
  backend::gemv(transpose, m, n, alpha, a, lda, x, beta, y);
}

template <class T>
T dot(std::size_t n, const T* x, const T* y) {
  return backend::dot(n, x, y);
}

template <class T>
Eigen<T> symmetric_eigen(const Tensor<T>& matrix, std::size_t count) {
  const std::size_t n = check_square("symmetric_eigen", matrix);
  count = std::min(count, n);
  Eigen<T> result{Tensor<T>(Shape{count}), Tensor<T>(Shape{count, n})};
  if (count == 0) return result;

  Tensor<T> work = matrix.clone();
  std::vector<T> ascending(n);
  Tensor<T> vectors(Shape{count, n});
  check_converged("symmetric_eigen",
                  backend::symmetric_eigen(n, count, work.data(), ascending.data(), vectors.data()));
  for (std::size_t j = 0; j < count; ++j) {
    result.values(j) = ascending[n - 1 - j];
    std::ranges::copy(vectors.row(count - 1 - j), result.vectors.row(j).begin());
  }
  return result;
}

template <class T>
Tensor<T> symmetric_eigenvalues(const Tensor<T>& matrix) {
  const std::size_t n = check_square("symmetric_eigenvalues", matrix);
  Tensor<T> work = matrix.clone();
  Tensor<T> values(Shape{n});
  if (n == 0) return values;
  T* const no_vectors = nullptr;
  check_converged("symmetric_eigenvalues",
                  backend::symmetric_eigen(n, 0, work.data(), values.data(), no_vectors));
  std::ranges::reverse(values.flat());
  return values;
}

template <class T>
std::vector<std::complex<T>> eigenvalues(const Tensor<T>& matrix) {
  const std::size_t n = check_square("eigenvalues", matrix);
  if (n == 0) return {};
  Tensor<T> work = matrix.clone();
  std::vector<std::complex<T>> values(n);
  check_converged("eigenvalues", backend::eigenvalues(n, work.data(), values.data()));
  std::ranges::stable_sort(values, std::greater<>(), [](std::complex<T> z) { return std::abs(z); });
  return values;
}

template <class T>
Svd<T> svd(const Tensor<T>& matrix) {
  if (matrix.rank() != 2) throw ShapeError("[svd] needs a matrix, got " + to_string(matrix.shape()));
  const std::size_t m = matrix.shape()[0], n = matrix.shape()[1], r = std::min(m, n);
  Svd<T> result{Tensor<T>(Shape{r, m}), Tensor<T>(Shape{r}), Tensor<T>(Shape{r, n})};
  if (r == 0) return result;
  Tensor<T> work = matrix.clone();
  check_converged(
      "svd", backend::svd(m, n, work.data(), result.left.data(), result.values.data(), result.right.data()));
  return result;
}

template <class T>
Qr<T> qr(const Tensor<T>& columns) {
  if (columns.rank() != 2 || columns.shape()[0] > columns.shape()[1]) {
    throw ShapeError(
        "[qr] needs a matrix with at least as many rows as columns, given as (columns,rows), got " +
        to_string(columns.shape()));
  }
  const std::size_t n = columns.shape()[0], m = columns.shape()[1];
  Qr<T> result{columns.clone(), Tensor<T>(Shape{n, n})};
  if (n > 0) check_converged("qr", backend::qr(m, n, result.q.data(), result.r.data()));
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
  template Svd<T> svd(const Tensor<T>&);                                                                    \
  template Qr<T> qr(const Tensor<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::blas
