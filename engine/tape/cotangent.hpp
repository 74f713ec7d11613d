#pragma once
/// Cotangents of tensors that the whole batch shares. A parameter's cotangent is a sum over samples; ops hand
/// it over before that sum, so that one backward pass serves the sum, the per-sample gradients and their Gram
/// matrix alike.
///
/// Index legend: n samples; t positions within a sample (several axes, or none); F and G the sides of a
/// matrix; V rows of a table of width C.

#include <variant>

#include "engine/tape/var.hpp"

namespace premelt {

/// Of a matrix (F,G): Σ over all rows r of left_r ⊗ right_r, with left (n,t,F) and right (n,t,G).
template <class T>
struct OuterProducts {
  Var<T> left;   ///< (n,t,F)
  Var<T> right;  ///< (n,t,G)
};

/// Of a table (V,C): row rows[r] receives g_r, with rows (n,t) and g (n,t,C).
template <class T>
struct ScatteredRows {
  Var<std::int64_t> rows;  ///< (n,t)
  Var<T> g;                ///< (n,t,C)
  std::size_t table_rows;  ///< V
};

/// A Var has its input's shape, or a shape the input was broadcast to.
template <class T>
using Cotangent = std::variant<Var<T>, OuterProducts<T>, ScatteredRows<T>>;

}  // namespace premelt
