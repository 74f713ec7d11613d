#pragma once
/// Losses, unreduced: one number a sample or a token. Whoever wants an average writes mean(...).

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// The right answers: a class or token number for each row of logits.
using Labels = Indices;

/// ½‖y_b - t_b‖² over all axes but the first: (B, ...) x (B, ...) -> (B).
/// Throws ShapeError when the shapes differ or have no axis.
template <class T>
Var<T> squared_error(const Var<T>& y, const Operand<T>& t);

/// -log softmax(logits)[label] in nats: (..., C) x (...) -> (...); (B,C) x (B) -> (B), (B,T,C) x (B,T) ->
/// (B,T). Losses and gradients keep their relative accuracy down to the smallest numbers, also where the
/// label is all but certain and PyTorch gives 0. Throws ShapeError when the shapes do not fit or a label is
/// outside 0..C-1.
template <class T>
Var<T> cross_entropy(const Var<T>& logits, const Labels& labels);

}  // namespace premelt
