#pragma once
/// Ops that move numbers without changing them.

#include "engine/ops/reduce.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// The same numbers under another shape; shares the buffer. Throws ShapeError when the sizes differ.
template <class T>
Var<T> reshape(const Var<T>& x, const Shape& shape);

/// Axis i of the result is axis `order[i]` of x. Throws ShapeError unless `order` names every axis once.
template <class T>
Var<T> permute(const Var<T>& x, const Axes& order);

/// Swaps the last two axes. Throws ShapeError when there are fewer than two.
template <class T>
Var<T> transpose(const Var<T>& x);

}  // namespace premelt
