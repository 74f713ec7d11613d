#pragma once
/// Products of two tensors whose axes are named.

#include <string>

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// Einstein's sum of two operands, "bij,bjk->bik": one letter an axis; equal letters are the same index, and
/// what the output does not name is summed over. Without "->" the output has the letters that stand once, in
/// the alphabet's order, as in NumPy. Sums of products are computed by matmul. Unlike NumPy's and PyTorch's
/// it takes no diagonals ("ii"), no dots, and stretches no extent of 1. Samples are kept apart when their
/// axis comes first in the data and in the output, and, in sums of products, either both operands have it or
/// they share no other axis of the output. Throws ShapeError for a specification that cannot be read or does
/// not fit the shapes.
template <class T>
Var<T> einsum(const std::string& specification, const Var<T>& a, const Operand<T>& b);

/// a_i·b_j: (n) x (m) -> (n,m). Throws ShapeError unless both have one axis.
template <class T>
Var<T> outer(const Var<T>& a, const Operand<T>& b);

}  // namespace premelt
