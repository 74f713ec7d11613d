#pragma once
/// The one room that talks to BLAS and LAPACK, or does without them (linalg/portable). All matrices are
/// row-major with explicit sizes, leading dimensions and transpositions; instantiated for float and double. A
/// sum over nothing is 0. Extents beyond BLAS's 32 bits throw ShapeError where it is OpenBLAS that counts.

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/linalg/transpose.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt::blas {

/// C (m,n) = alpha·A'·B' + beta·C, where A' (m,k) and B' (k,n) are the matrices as they lie or transposed.
template <class T>
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha,
          const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc);

/// `count` products with a fixed stride between consecutive A, B and C (a stride of 0 reuses the matrix).
template <class T>
void gemm_batched(std::size_t count, Transpose transpose_a, Transpose transpose_b, std::size_t m,
                  std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, std::size_t stride_a,
                  const T* b, std::size_t ldb, std::size_t stride_b, T beta, T* c, std::size_t ldc,
                  std::size_t stride_c);

/// C (n,n) = alpha·A·Aᵀ + beta·C for A (n,k), or alpha·Aᵀ·A for A (k,n) when `transpose` is yes.
/// Both triangles are filled.
template <class T>
void syrk(Transpose transpose, std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, T beta,
          T* c, std::size_t ldc);

/// y = alpha·A·x + beta·y for A (m,n), or alpha·Aᵀ·x + beta·y when `transpose` is yes.
template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y);

/// Σ x_i·y_i, in the element type, in the order of the linear algebra chosen.
template <class T>
T dot(std::size_t n, const T* x, const T* y);

/// Eigenpairs of a symmetric matrix, largest first.
template <class T>
struct Eigen {
  Tensor<T> values;   ///< (k)
  Tensor<T> vectors;  ///< (k,n): eigenvector j is **row** j, of unit length, of either sign
};

/// The `count` largest eigenpairs of the symmetric `matrix` (n,n) (all when count >= n).
/// Throws ShapeError when it is not square, Error when the iteration does not converge.
template <class T>
Eigen<T> symmetric_eigen(const Tensor<T>& matrix, std::size_t count);

/// The eigenvalues alone, largest first.
template <class T>
Tensor<T> symmetric_eigenvalues(const Tensor<T>& matrix);

/// All n eigenvalues of a square matrix (n,n) that need not be symmetric, largest modulus first; complex ones
/// come in conjugate pairs, that of positive imaginary part first. Throws as `symmetric_eigen`.
template <class T>
std::vector<std::complex<T>> eigenvalues(const Tensor<T>& matrix);

/// Thin singular value decomposition A (m,n) = Uᵀ diag(s) V with r = min(m,n), singular values largest first.
template <class T>
struct Svd {
  Tensor<T> left;    ///< (r,m): left singular vector j is row j
  Tensor<T> values;  ///< (r)
  Tensor<T> right;   ///< (r,n): right singular vector j is row j
};

/// Throws ShapeError when `matrix` is not of rank 2, Error when the iteration does not converge.
template <class T>
Svd<T> svd(const Tensor<T>& matrix);

/// Thin QR decomposition A (m,n) = Q·R, m ≥ n.
template <class T>
struct Qr {
  Tensor<T> q;  ///< (n,m): column j of Q is row j
  Tensor<T> r;  ///< (n,n), zero below the diagonal, whose signs are open
};

/// Of A, given by its `columns` (n,m), each a row. Throws ShapeError when there are more columns than rows.
template <class T>
Qr<T> qr(const Tensor<T>& columns);

}  // namespace premelt::blas
