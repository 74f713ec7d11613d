#pragma once
/// Linear algebra of our own, for where there is no OpenBLAS: WebAssembly, or a build that is to give the
/// same bits on every processor. Nothing but IEEE 754's four operations and the square root, vectors of 128
/// bits, sums in one fixed order. For blas.cpp alone; sizes are checked there and are positive, but for
/// `dot`.

#include <complex>
#include <cstddef>
#include <vector>

#include "engine/linalg/transpose.hpp"

namespace premelt::blas::portable {

/// C (m,n) = alpha·A'·B' + beta·C.
template <class T>
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k, T alpha,
          const T* a, std::size_t lda, const T* b, std::size_t ldb, T beta, T* c, std::size_t ldc);

/// The upper triangle of C (n,n) = alpha·A·Aᵀ + beta·C, or of alpha·Aᵀ·A + beta·C; the lower one is left
/// undefined.
template <class T>
void syrk(Transpose transpose, std::size_t n, std::size_t k, T alpha, const T* a, std::size_t lda, T beta,
          T* c, std::size_t ldc);

/// y = alpha·A'·x + beta·y for A (m,n).
template <class T>
void gemv(Transpose transpose, std::size_t m, std::size_t n, T alpha, const T* a, std::size_t lda, const T* x,
          T beta, T* y);

/// Σ x_i·y_i.
template <class T>
T dot(std::size_t n, const T* x, const T* y);

/// All eigenvalues (n) of the symmetric `matrix` (n,n), ascending, and the `count` last eigenvectors as rows
/// of `vectors` (count,n), in the same order; none when `count` is 0. `matrix` is overwritten. False when an
/// eigenvalue did not converge.
template <class T>
bool symmetric_eigen(std::size_t n, std::size_t count, T* matrix, T* values, T* vectors);

/// All eigenvalues of a square matrix (n,n), in no order, conjugate pairs side by side, that of positive
/// imaginary part first. `matrix` is overwritten. False when one did not converge.
template <class T>
bool eigenvalues(std::size_t n, T* matrix, std::complex<T>* values);

/// A (m,n) = Uᵀ diag(s) V with r = min(m,n): `left` (r,m), `values` (r), largest first, `right` (r,n).
/// `matrix` is overwritten. False when the rotations did not come to an end.
template <class T>
bool svd(std::size_t m, std::size_t n, T* matrix, T* left, T* values, T* right);

/// Aᵀ (n,m), whose rows are A's columns, becomes Qᵀ, and the triangle R (n,n) is filled in; m ≥ n.
template <class T>
bool qr(std::size_t m, std::size_t n, T* columns, T* r);

}  // namespace premelt::blas::portable
