#pragma once
/// The parts of a transformer that are not plain algebra. B samples, T positions, C channels, H heads of D =
/// C/H channels.

#include "engine/tape/var.hpp"

namespace premelt {

/// (B,T,C) -> (B,H,T,D). Throws ShapeError unless x has three axes and `heads` divides C.
template <class T>
Var<T> split_heads(const Var<T>& x, std::size_t heads);

/// (B,H,T,D) -> (B,T,HD).
template <class T>
Var<T> merge_heads(const Var<T>& x);

/// Sets scores (..., T, T) of keys later than the query to -∞, for a softmax to follow.
template <class T>
Var<T> causal_mask(const Var<T>& scores);

/// softmax(QKᵀ/√D)·V head by head: q, k, v (B,T,C) -> (B,T,C), in one node (Vaswani et al., arXiv
/// 1706.03762). A causal query sees keys up to its own position. Throws ShapeError when shapes differ or
/// `heads` does not divide C.
template <class T>
Var<T> attention(const Var<T>& q, const Var<T>& k, const Var<T>& v, std::size_t heads, bool causal = true);

/// The same on the packed projections q|k|v (B,T,3C), without copying them apart.
template <class T>
Var<T> self_attention(const Var<T>& qkv, std::size_t heads, bool causal = true);

/// The attention weights (B,H,T,T) that `attention` uses: for looking at, by plain ops.
template <class T>
Var<T> attention_weights(const Var<T>& q, const Var<T>& k, std::size_t heads, bool causal = true);

/// Rotary positions (Su et al., arXiv 2104.09864): in every head the channel pair (2i, 2i+1) at position t
/// turns by the angle t·base^(-2i/D). x (B,T,C) -> (B,T,C). Throws ShapeError unless x has three axes and
/// C/heads is even.
template <class T>
Var<T> rotary(const Var<T>& x, std::size_t heads, double base = 10000);

}  // namespace premelt
