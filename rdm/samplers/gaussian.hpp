#pragma once
/// ρ = N(θ, σ²I), narrow: what the losses around a point have in common, whatever training does. For a
/// diagonal Σ pass a RescaledLandscape. (paper: the Gaussian 2RDM; estimators ours, theory §3)

#include "rdm/samplers/deviates.hpp"
#include "rdm/samplers/estimate.hpp"
#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// How far, how many, how.
struct GaussianOptions {
  double sigma = 0.01;                    ///< σ, in units of the parameters
  std::size_t draws = 1000;               ///< loss vectors, M
  DrawKind kind = DrawKind::independent;  ///< see there for what each is good for
  std::uint64_t seed = 1;                 ///< of the draws
  std::size_t threads = 1;                ///< changes the speed, never the result
};

/// ℓ(θ + σz_m), (M,n). Throws UsageError unless σ > 0 and M ≥ 2, DataError (naming probe and draw) when a
/// loss is not finite or beyond `largest_loss`.
Tensor<double> gaussian_losses(const LossLandscape& landscape, ParameterVector theta,
                               const GaussianOptions& options);

/// The losses at θ ± δ, δ = σz, of P = M/2 pairs, split by parity; each (P,n).
struct PairedLosses {
  Tensor<double> linear;  ///< Gδ; empty when no G was given
  Tensor<double> odd;     ///< (ℓ⁺ − ℓ⁻)/2
  Tensor<double> even;    ///< (ℓ⁺ + ℓ⁻)/2 − ℓ(θ)
};

/// `jacobian` is G (n,p) at θ, or empty. Throws UsageError unless σ > 0 and M ≥ 4, which are two pairs,
/// DataError as gaussian_losses.
PairedLosses paired_losses(const LossLandscape& landscape, ParameterVector theta,
                           const Tensor<double>& jacobian, const GaussianOptions& options);

/// @{
/// C = C_odd + C_even exactly, since odd and even parts do not correlate (theory §3). The odd part has mean
/// zero and is not centred (divisor P); the even one is (divisor P − 1).
Tensor<double> odd_covariance(const PairedLosses& pairs);
Tensor<double> even_covariance(const PairedLosses& pairs);
Estimate paired_estimate(const PairedLosses& pairs);
/// @}

/// The same with the exact covariance of the linear part in place of its sampled one:
/// C = GΣGᵀ + mean[lin·r_oddᵀ + r_odd·linᵀ + r_odd·r_oddᵀ] + Cov(r_even), r_odd = odd − lin (theory §3).
/// Unbiased; what is left of the Monte-Carlo error shrinks with σ faster than the second-order terms do.
/// `linear_covariance` is GΣGᵀ (n,n). Not for DrawKind::sphere. Throws ShapeError when the pairs have no
/// linear part.
Estimate control_variate(const PairedLosses& pairs, const Tensor<double>& linear_covariance);

}  // namespace premelt
