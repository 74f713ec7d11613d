#pragma once
/// Exercise 11: a low-rank adapter.

#include "engine/ops/matmul.hpp"

namespace lesson {

using premelt::Var;

/// x (B,in) through the adapted matrix W + scale·B·A, with W (out,in), A (r,in), B (out,r): y (B,out).
/// Without ever forming a matrix of W's size.
inline Var<double> adapted(const Var<double>& x, const Var<double>& w, const Var<double>& /*a*/,
                           const Var<double>& /*b*/, double /*scale*/) {
  // The frozen matrix alone.
  return premelt::matmul_nt(x, w);
}

}  // namespace lesson
