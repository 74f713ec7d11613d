#pragma once
/// Sums, means and spreads over axes, accumulated in double.

#include "engine/ops/axes.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// @{
/// All elements; a scalar of shape ().
template <class T>
Var<T> sum(const Var<T>& x);
template <class T>
Var<T> mean(const Var<T>& x);
/// @}

/// @{
/// Over `axes`, which disappear from the shape, or stay with extent 1 when `keepdims`.
/// Throws ShapeError for an axis outside the shape or named twice.
template <class T>
Var<T> sum(const Var<T>& x, const Axes& axes, bool keepdims = false);
template <class T>
Var<T> mean(const Var<T>& x, const Axes& axes, bool keepdims = false);
/// @}

/// @{
/// Variance, and its root, over `axes`: Σ(x - mean)²/(N - correction) for N numbers each. `correction` 1, the
/// default as in PyTorch, estimates the variance of what the numbers were drawn from; 0 gives that of the
/// numbers themselves. A correction of N or more divides by 0: one number has the variance NaN. The mean is
/// subtracted before squaring, so a large one costs no digits. Where the spread is 0, the derivative of
/// stddev is 0, as in PyTorch. Throws ShapeError for an axis outside the shape or named twice.
template <class T>
Var<T> variance(const Var<T>& x, const Axes& axes, bool keepdims = false, double correction = 1);
template <class T>
Var<T> stddev(const Var<T>& x, const Axes& axes, bool keepdims = false, double correction = 1);
/// @}

/// Running sums along `axis`: entry k is the sum of the entries 0..k.
template <class T>
Var<T> cumsum(const Var<T>& x, int axis);

/// Stretches x to `shape` by broadcasting. Throws ShapeError when it does not fit.
template <class T>
Var<T> expand(const Var<T>& x, const Shape& shape);

/// The transpose of `expand`: sums x over what broadcasting `shape` to x's shape had stretched. Throws
/// ShapeError when `shape` does not broadcast to x's shape.
template <class T>
Var<T> sum_to(const Var<T>& x, const Shape& shape);

}  // namespace premelt
