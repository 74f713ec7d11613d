#pragma once
/// Softmax and its relatives, over the last axis, shifted by the row's maximum so that nothing overflows.
/// All throw ShapeError for a scalar.

#include "engine/tape/var.hpp"

namespace premelt {

/// exp(x_j) / Σ_k exp(x_k)
template <class T>
Var<T> softmax(const Var<T>& x);

/// x_j - log Σ_k exp(x_k)
template <class T>
Var<T> log_softmax(const Var<T>& x);

/// log Σ_k exp(x_k); the last axis disappears. -∞ for a row of -∞ or of nothing, ∞ for one that holds ∞.
template <class T>
Var<T> logsumexp(const Var<T>& x);

}  // namespace premelt
