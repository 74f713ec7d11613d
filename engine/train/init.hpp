#pragma once
/// Initial values for weights. Matrices are (out, in), as `Linear` holds them.

#include <span>
#include <vector>

#include "engine/tensor/random.hpp"

namespace premelt {

/// N(0, gain²/in): keeps the size of activations (gain 1 for linear and tanh, √2 for relu).
template <class T>
Tensor<T> scaled_normal(std::size_t out, std::size_t in, Rng& rng, double gain = 1);

/// gain times a matrix with orthonormal rows or columns, whichever are fewer, uniformly distributed: the
/// polar factor of a normal matrix.
template <class T>
Tensor<T> orthogonal(std::size_t out, std::size_t in, Rng& rng, double gain = 1);

/// Layers W_1..W_L of a linear network whose product is U diag(strengths) Vᵀ, for U (out,r) and V (in,r) with
/// orthonormal columns, balanced: W_{l+1}ᵀW_{l+1} = W_l W_lᵀ (Saxe, McClelland and Ganguli, arXiv 1312.6120;
/// Arora et al., arXiv 1802.06509). W_l = R_l diag(strengths^(1/L)) R_{l-1}ᵀ with R_0 = V, R_L = U and random
/// orthonormal R_l (hidden[l-1], r) between. Throws ShapeError when the frames do not match the strengths or
/// a hidden layer is narrower than r.
template <class T>
std::vector<Tensor<T>> balanced_layers(const Tensor<T>& u, const Tensor<T>& v,
                                       std::span<const double> strengths, std::span<const std::size_t> hidden,
                                       Rng& rng);

}  // namespace premelt
