#pragma once
/// Matrix products. Transposed operands become BLAS flags, never copies.

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// a·b over the last two axes: (..., m, k) x (..., k, n) -> (..., m, n). The leading axes must be equal, or
/// one operand is a plain matrix used for all of them; (B,T,F) x (F,G) is a single product of BT rows. Throws
/// ShapeError when an operand has fewer than two axes, or inner dimensions or leading axes differ.
template <class T>
Var<T> matmul(const Var<T>& a, const Operand<T>& b);

/// a·bᵀ: (..., m, k) x (..., n, k) -> (..., m, n).
template <class T>
Var<T> matmul_nt(const Var<T>& a, const Operand<T>& b);

/// aᵀ·b: (..., k, m) x (..., k, n) -> (..., m, n).
template <class T>
Var<T> matmul_tn(const Var<T>& a, const Operand<T>& b);

/// x·wᵀ + bias in one pass: (..., F) x (G,F) + (G) -> (..., G). Throws ShapeError when the shapes do not fit.
template <class T>
Var<T> linear(const Var<T>& x, const Operand<T>& w, const Operand<T>& bias);

}  // namespace premelt
