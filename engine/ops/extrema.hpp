#pragma once
/// The larger and the smaller: of two tensors, of a number and bounds, along axes. NaN wins wherever it
/// stands, as in PyTorch. What loses gets the cotangent 0, whatever the cotangent of the result.

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// @{
/// The larger (the smaller) of a and b, element by element; the two broadcast. Equals share the cotangent
/// evenly. Throws ShapeError when they do not broadcast.
template <class T>
Var<T> maximum(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> minimum(const Var<T>& a, const Operand<T>& b);
/// @}

/// x, but `low` below low and `high` above high; the derivative is 1 from bound to bound, the bounds
/// included, and 0 elsewhere. An infinite bound is none. NaN stays NaN, with derivative 0. Throws Error
/// unless low <= high.
template <class T>
Var<T> clamp(const Var<T>& x, double low, double high);

}  // namespace premelt
