#pragma once
/// Attention and its cotangents, head by head, on (B,T,C) buffers as they lie: no head is ever copied out.

#include <cstddef>

namespace premelt::kernels {

/// C = HD: the heads lie side by side in the last axis.
struct AttentionShape {
  std::size_t samples;    ///< B
  std::size_t positions;  ///< T
  std::size_t heads;      ///< H
  std::size_t width;      ///< D, of one head
  bool causal;            ///< position t sees positions 0..t only
};

/// weights (B,H,T,T) = softmax(QKᵀ/√D), out (B,T,HD) = weights·V. Rows of q, k and v are `stride` apart.
/// `weights` may be null: they are then never written.
template <class T>
void attention_forward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                       T* weights, T* out);

/// With P = weights, G the cotangent of out (B,T,HD) and dP = GVᵀ: dV = PᵀG, dS = P∘(dP - rowsum(P∘dP)),
/// dQ = dS·K/√D, dK = dSᵀQ/√D. Rows of dq, dk and dv are `stride` apart, like those of q, k and v.
template <class T>
void attention_backward(const AttentionShape& shape, std::size_t stride, const T* q, const T* k, const T* v,
                        const T* weights, const T* g, T* dq, T* dk, T* dv);

}  // namespace premelt::kernels
