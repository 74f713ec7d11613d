#pragma once
/// Derivatives beyond the gradient: Jacobian- and Hessian-vector products, the Hessian's trace and that
/// trace's gradient. Everything takes and returns one Var or tensor for each input, in order. All of it is
/// built from `gradient` with create_graph, so tapes grow: rewind them between calls (Tape::rewind).

#include <vector>

#include "engine/tape/tape.hpp"
#include "engine/tensor/random.hpp"

namespace premelt {

/// Σ a_i·b_i over all elements of all tensors. Throws ShapeError when the lists or shapes do not match.
template <class T>
Var<T> inner(const std::vector<Var<T>>& a, const std::vector<Var<T>>& b);

/// H·v for H = ∂²loss/∂inputs², a differentiable result. `loss` has one element. Throws as `gradient` does,
/// and ShapeError when the directions' shapes are not the inputs'.
template <class T>
std::vector<Var<T>> hvp(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                        const std::vector<Var<T>>& directions);

/// J·v for J = ∂output/∂inputs, of the output's shape, by two reverse passes: Jᵀu is linear in u, and its
/// vector-Jacobian product with v is Jv (Townsend, "A new trick for calculating Jacobian vector products",
/// 2017).
template <class T>
Var<T> jvp(const Var<T>& output, const std::vector<Var<T>>& inputs, const std::vector<Var<T>>& directions);

/// vᵀHv, differentiable.
template <class T>
Var<T> curvature(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                 const std::vector<Var<T>>& directions);

/// Independent ±1, shaped like `inputs`: E[vvᵀ] = I.
template <class T>
std::vector<Var<T>> rademacher_like(const std::vector<Var<T>>& inputs, Rng& rng);

/// Hutchinson's estimator of tr H: the mean of vᵀHv over `draws` Rademacher directions (unbiased; exact for a
/// diagonal H). The tape is left as it was. Throws Error for no draws, as `hessian_trace_gradient` does.
template <class T>
double hessian_trace(const Var<T>& loss, const std::vector<Var<T>>& inputs, std::size_t draws, Rng& rng);

/// The gradient of that estimate, an unbiased estimate of ∇tr H, one tensor for each input. The tape is left
/// as it was.
template <class T>
std::vector<Tensor<T>> hessian_trace_gradient(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                                              std::size_t draws, Rng& rng);

}  // namespace premelt
