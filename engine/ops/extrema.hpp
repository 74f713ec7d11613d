#pragma once
/// The larger and the smaller: of two tensors, of a number and bounds, along axes. NaN wins wherever it
/// stands, as in PyTorch. What loses gets the cotangent 0, whatever the cotangent of the result.

#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
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
/// unless low <= high, where PyTorch gives `high` everywhere.
template <class T>
Var<T> clamp(const Var<T>& x, double low, double high);

/// @{
/// Largest (smallest) along `axis`; the cotangent goes to the first of equals, and nothing to the others, as
/// with PyTorch's max(dim). Throws ShapeError for an axis outside the shape or of extent 0.
template <class T>
Var<T> max(const Var<T>& x, int axis, bool keepdims = false);
template <class T>
Var<T> min(const Var<T>& x, int axis, bool keepdims = false);
/// @}

/// @{
/// Largest (smallest) over `axes`; equals share the cotangent evenly, as with PyTorch's amax, and with a NaN
/// all that it was compared with get NaN. Throws ShapeError for an axis outside the shape, named twice or of
/// extent 0.
template <class T>
Var<T> amax(const Var<T>& x, const Axes& axes, bool keepdims = false);
template <class T>
Var<T> amin(const Var<T>& x, const Axes& axes, bool keepdims = false);
/// @}

/// Where along `axis` the largest stands, the first of equals; a constant that knows its samples, as `gather`
/// takes. Throws ShapeError for an axis outside the shape or of extent 0.
template <class T>
Var<std::int64_t> argmax(const Var<T>& x, int axis, bool keepdims = false);

}  // namespace premelt
