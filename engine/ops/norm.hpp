#pragma once
/// Normalisation over the last axis, one pass forward and one back. Means are taken in double; a row that
/// holds an infinity, or whose mean square is beyond the numbers of double, is NaN.

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// y = x / sqrt(mean(x²) + epsilon) (Zhang and Sennrich, arXiv 1910.07467). Throws ShapeError for a scalar.
template <class T>
Var<T> rms_norm(const Var<T>& x, double epsilon = 1e-5);
/// The same times a gain (C).
template <class T>
Var<T> rms_norm(const Var<T>& x, const Operand<T>& gain, double epsilon = 1e-5);

/// y = (x - mean(x)) / sqrt(var(x) + epsilon), the variance divided by C (Ba, Kiros and Hinton, arXiv
/// 1607.06450).
template <class T>
Var<T> layer_norm(const Var<T>& x, double epsilon = 1e-5);
/// The same times a gain (C) plus a bias (C).
template <class T>
Var<T> layer_norm(const Var<T>& x, const Operand<T>& gain, const Operand<T>& bias, double epsilon = 1e-5);

}  // namespace premelt
