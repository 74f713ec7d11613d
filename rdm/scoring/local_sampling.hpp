#pragma once
/// What a short Langevin chain around the present parameters says: the rivals from singular learning theory.

#include <cstdint>

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// Read from the same draws.
struct LocalSample {
  double llc;         ///< nβ(E_γ[L] − L_0), the local learning coefficient (Lau et al., arXiv 2308.12108)
  double kernel_shc;  ///< spectral heat capacity of the covariance of the probes' losses over the draws
};

/// N samples of `data` give L and nβ = N/ln N (N at least 3); γ = 100, so that the draws stay within 0.1 of θ
/// in each direction. Two chains of 100 steps and then 100 draws, with minibatches of 64 where there are more
/// samples and a step of ε = 1/(nβλ + γ), a quarter of what is stable where the Hessian's largest eigenvalue
/// is λ = `sharpness` (0 where that is negative). NaN where a chain leaves the finite numbers. The draws are
/// local: no claim is made that they have forgotten θ along flat directions.
LocalSample local_sample(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta,
                         double sharpness, std::uint64_t seed);

}  // namespace premelt
