#pragma once
/// Attention and its cotangents, head by head, on (B,T,C) buffers as they lie: no head is ever copied out.

#include <cstddef>

namespace premelt::kernels {

struct AttentionShape {
  std::size_t samples, positions, heads, width;  ///< B, T, H, D
  bool causal;
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
