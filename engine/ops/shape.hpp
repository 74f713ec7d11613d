#pragma once
/// Ops that move numbers without changing them.

#include <initializer_list>

#include "engine/ops/axes.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/tape/var.hpp"
#include "engine/tensor/range.hpp"

namespace premelt {

/// The same numbers under another shape, of which one extent may be -1: whatever is left. Shares the buffer.
/// Throws ShapeError when the sizes differ.
template <class T>
Var<T> reshape(const Var<T>& x, const TargetShape& target);

/// Axis i of the result is axis `order[i]` of x. Throws ShapeError unless `order` names every axis once.
template <class T>
Var<T> permute(const Var<T>& x, const Axes& order);

/// Swaps the last two axes. Throws ShapeError when there are fewer than two.
template <class T>
Var<T> transpose(const Var<T>& x);

/// `x(range(1, -1), 0)`: along each axis from the first on some of the entries; the axis of a single entry
/// disappears, axes that are not named stay whole. Throws ShapeError when there are more parts than axes, or
/// one is out of bounds.
template <class T>
Var<T> pick(const Var<T>& x, std::initializer_list<Part> parts);

}  // namespace premelt
