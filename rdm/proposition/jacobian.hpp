#pragma once
/// Prop. 2.1: to leading order the loss covariance is GΣGᵀ, G the Jacobian of the per-sample losses and Σ the
/// covariance of the parameters. Leading order: the paper's. Everything beyond: ours (theory §3).

#include <cstdint>

#include "rdm/samplers/estimate.hpp"
#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// σ²GGᵀ (n,n): Σ = σ²I. For a diagonal Σ use a RescaledLandscape's G.
Tensor<double> linear_covariance(const Tensor<double>& jacobian, double sigma);

/// GΣGᵀ for Σ the covariance of a window of W parameter vectors (W,p), divisor W: (GΘᵀ)(GΘᵀ)ᵀ/W with Θ
/// centred, never p×p. `jacobian` is best taken at the window's mean. Throws ShapeError when the sizes do not
/// match.
Tensor<double> trajectory_covariance(const Tensor<double>& jacobian, const Tensor<double>& trajectory);

/// The mean of a window of parameter vectors (W,p), (p).
Tensor<double> mean_position(const Tensor<double>& trajectory);

/// How the sums over unit vectors are done.
struct SecondOrderOptions {
  std::size_t exact_up_to = 600;  ///< parameters; beyond, directions are drawn
  std::size_t directions = 600;   ///< drawn ones, Rademacher
  std::uint64_t seed = 1;         ///< of the drawn directions
  std::size_t threads = 1;        ///< changes the speed, never the result
};

/// The terms of order σ⁴, in units of σ⁴.
struct SecondOrder {
  Estimate hessian;  ///< ½tr(H_iH_j)
  Estimate third;    ///< ½[g_i·∇tr H_j + g_j·∇tr H_i]
  bool exact;        ///< by all p unit vectors; otherwise an unbiased estimate whose batches give its error
};

/// From H_i·v and T_i[v,v,·]: tr(H_iH_j) = Σ_v (H_iv)·(H_jv) and ∇tr H_i = Σ_v T_i[v,v,·] over unit vectors
/// v, or p unit vectors' worth of E_v over random signs. Never needs more than a few n×p matrices.
SecondOrder second_order(const LossLandscape& landscape, ParameterVector theta,
                         const Tensor<double>& jacobian, const SecondOrderOptions& options);

/// σ²GGᵀ plus σ⁴ times both second-order terms.
Tensor<double> second_order_covariance(const Tensor<double>& linear_covariance, const SecondOrder& terms,
                                       double sigma);

/// At any σ: σ²ḠḠᵀ ⪯ C ⪯ σ²E[GGᵀ] with G at θ + δ and Ḡ its mean; above by the Gaussian Poincaré inequality,
/// below by Stein's lemma and Bessel's inequality (theory §3). C by the control variate, the same draws on
/// all three sides.
struct Bracket {
  Tensor<double> lower;       ///< σ²ḠḠᵀ (n,n)
  Tensor<double> covariance;  ///< C (n,n)
  Tensor<double> upper;       ///< σ²E[GGᵀ] (n,n)

  /// The least eigenvalue of C − lower and of upper − C, over the largest of C: not negative, up to sampling.
  double least_eigenvalue() const;
};

/// Throws UsageError unless σ > 0 and there are at least 2 pairs.
Bracket poincare_bracket(const LossLandscape& landscape, ParameterVector theta, double sigma,
                         std::size_t pairs, std::uint64_t seed, std::size_t threads = 1);

}  // namespace premelt
