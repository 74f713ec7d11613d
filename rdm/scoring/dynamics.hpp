#pragma once
/// What the recordings of a window move along, and the linear map that takes one to the next: the rivals that
/// come from dynamical systems.

#include <cstddef>
#include <span>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

/// The principal components of the M recordings of a window.
struct PrincipalComponents {
  std::vector<double>
      shares;             ///< λ_k/Σλ of C, largest first; those that are nothing but rounding are left out
  Tensor<double> scores;  ///< (r,M): each recording along the leading r of them, oldest first, of mean 0
};

/// With the `count` leading scores, or as many as there are shares: none of a window that does not move.
/// O(W³), or
/// O(n²W + n³) where n < W. Throws ShapeError when the window holds fewer than 2 recordings.
PrincipalComponents principal_components(const LossWindow& window, std::size_t count);

/// exp(−Σ p log p) of the shares p: how many components there are, each counted by its weight (Roy and
/// Vetterli, "The effective rank", EUSIPCO 2007). Between 1 and the rank; NaN of none.
double effective_rank(std::span<const double> shares);

/// The largest modulus among the eigenvalues of the map A of the first-order vector autoregression
/// y_{t+1} = a + A·y_t + noise, fitted to a series (r,T) by least squares (dynamic mode decomposition: Tu et
/// al., J. Comput. Dyn. 1:391, 2014). e^{−kΔt} for a process that returns at the rate k; it goes to 1 at a
/// bifurcation. Directions of y smaller than 1e-5 of the largest are left out. NaN for fewer than r + 3
/// columns or a series that does not move.
double one_step_eigenvalue(const Tensor<double>& series);

/// How badly a linear map of low rank takes the series (r,T) one recording on. With d = T/4 (2 to 8)
/// recordings under each other as columns, H₁ the matrix of all of them but the last and H₂ of all but the
/// first, H₁'s leading q = 4 singular vectors (U, V) give the map U·Ã·Uᵀ, Ã = UᵀH₂VS⁻¹, and the residual is
/// ‖H₂ − U·Ã·Uᵀ·H₁‖_F/‖H₂‖_F = √(1 − ‖UᵀH₂V‖²_F/‖H₂‖²_F), between 0 and 1. 0 (to about 1e-6) where up to q
/// damped or growing waves make the whole series. (ours, after arXiv 2605.08237, which follows the quantiles
/// of an observable instead of principal components) NaN for fewer than 6 columns or a series that does not
/// move.
double hankel_residual(const Tensor<double>& series);

}  // namespace premelt
