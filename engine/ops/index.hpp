#pragma once
/// Ops that pick, place and join parts of tensors.

#include <vector>

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// Rows of a table, an embedding: (V,C) by indices (...) -> (...,C). The backward pass scatters and adds.
/// Indices that differ from sample to sample are `batched` (tokens); others, such as positions, are shared.
/// Throws ShapeError when `table` is no matrix or an index is outside 0..V-1.
template <class T>
Var<T> gather(const Var<T>& table, const Var<std::int64_t>& rows);

/// The transpose of `gather`: a table (table_rows,C) whose row rows[r] is the sum of the x_r, for x (...,C).
/// Throws ShapeError when the shapes do not fit or an index is outside 0..table_rows-1.
template <class T>
Var<T> scatter_rows(const Var<T>& x, const Var<std::int64_t>& rows, std::size_t table_rows);

/// x[..., begin:end, ...] along `axis`. Throws ShapeError unless 0 <= begin <= end <= extent.
template <class T>
Var<T> slice(const Var<T>& x, int axis, std::size_t begin, std::size_t end);

/// Zeros on both sides along `axis`: `before` entries of them, then x, then `after` entries. The transpose of
/// `slice`. Throws ShapeError for an axis outside the shape.
template <class T>
Var<T> pad(const Var<T>& x, int axis, std::size_t before, std::size_t after);

/// Joins along `axis`. Throws ShapeError when there is nothing to join or other extents differ.
template <class T>
Var<T> concat(const std::vector<Var<T>>& parts, int axis);

/// Joins parts of one shape along a new axis `axis`. Throws ShapeError when there is nothing to stack or the
/// shapes differ. Along axis 0 samples are no longer kept apart.
template <class T>
Var<T> stack(const std::vector<Var<T>>& parts, int axis);

/// The transpose of `concat`: pieces of these sizes along `axis`, in order. Throws ShapeError unless the
/// sizes add up to the extent.
template <class T>
std::vector<Var<T>> split(const Var<T>& x, const std::vector<std::size_t>& sizes, int axis);

/// @{
/// a where `mask` is not 0 (NaN is not 0), b elsewhere; all three broadcast. The other operand leaves no
/// trace, in the value and in the cotangents. Nothing flows back through the mask.
template <class T>
Var<T> where(const Var<T>& mask, const Operand<T>& a, const Operand<T>& b);
template <class T>
Var<T> where(const Tensor<T>& mask, const Operand<T>& a, const Operand<T>& b) {
  return where(Var<T>(mask), a, b);
}
/// @}

}  // namespace premelt
