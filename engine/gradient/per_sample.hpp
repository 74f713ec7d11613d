#pragma once
/// Gradients of every sample's loss by itself, from one forward and one backward pass.
///
/// Parameters are shared by all samples, so on the way back each op hands their cotangents over before the
/// sum over samples (cotangent.hpp); here that sum is simply left out. Two conditions, both checked:
/// * data are declared: `batched(x)` (var.hpp) says that entry i along the first axis of x is sample i's, and
///   ops carry that on. Everything else is shared by all samples, whatever its extents: parameters,
///   constants, and what is computed from those (a LoRA product, a slice of a position table).
/// * samples do not mix: what depends on the data has the batch as its first axis, all the way from the data
/// to
///   the losses, except where nothing flows back (statistics of constant data).

#include <vector>

#include "engine/tape/tape.hpp"

namespace premelt {

/// ∂losses_i/∂parameter for each parameter: tensors of shape (n, parameter's shape...), for losses (n).
/// Throws ShapeError when the losses are not (n) or depend on no declared data, or an op mixes samples; Error
/// as `gradient` does.
template <class T>
std::vector<Tensor<T>> per_sample_gradients(const Var<T>& losses, const std::vector<Var<T>>& parameters);

/// The same as one matrix G (n,p), parameter after parameter.
template <class T>
Tensor<T> per_sample_jacobian(const Var<T>& losses, const std::vector<Var<T>>& parameters);

/// GGᵀ (n,n) without G: a matrix used once contributes Σ_{t,t'} (x_it·x_jt')(d_it·d_jt'), from its inputs x
/// and output cotangents d, where that is cheaper than forming its block of G. Blocks of G that are formed
/// live for a moment only. Throws as `per_sample_gradients`.
template <class T>
Tensor<T> per_sample_gram(const Var<T>& losses, const std::vector<Var<T>>& parameters);

}  // namespace premelt
