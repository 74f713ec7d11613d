#pragma once
/// ρ ∝ exp(−NβL(θ) − γ/2‖θ − θ0‖²), the posterior localised at θ0, by Langevin steps. (ours; after the loss
/// kernel, arXiv 2509.26537, and Bayesian influence functions, arXiv 2509.26544)

#include <cstdint>
#include <vector>

#include "rdm/landscape.hpp"

namespace premelt {

/// The posterior, and the chains that sample it.
struct SgldOptions {
  double beta = 1;             ///< inverse temperature of the posterior, times `samples`
  std::size_t samples = 1;     ///< N, the size of the data set that L stands for
  double localisation = 1;     ///< γ
  double step = 1e-4;          ///< ε of θ ← θ − (ε/2)∇U + √ε ξ
  std::size_t burn_in = 1000;  ///< steps of a chain before its first draw
  std::size_t draws = 1000;    ///< a chain
  std::size_t thinning = 1;    ///< steps between draws
  std::size_t chains = 4;      ///< independent, all started at θ0
  std::uint64_t seed = 1;      ///< of all chains
  std::size_t threads = 1;     ///< changes the speed, never the result
};

/// Draws of all chains, and how well they mix.
struct SgldResult {
  Tensor<double> losses;      ///< (chains·draws, n) of the probes, chain after chain
  std::vector<double> trace;  ///< L at the same draws
  double llc = 0;  ///< λ̂ = Nβ(E[L] − L(θ0)), the local learning coefficient (Lau et al., arXiv 2308.12108)
  double llc_error = 0;        ///< its standard error, corrected for autocorrelation
  double effective_draws = 0;  ///< M/τ of the trace, summed over chains
  double acceptance = 0;  ///< mean probability that a Metropolis test would accept a step: 1 for ε → 0
};

/// `data` gives L, the mean of its losses, with its whole gradient at every step (no minibatch noise);
/// `probes` are only recorded and may be the same landscape. Near a minimum with Hessian H the chain samples
/// N(θ0, [A(I − εA/4)]⁻¹) with A = NβH + γI, so ε has to stay below 4/λ_max(A). Throws UsageError on options
/// that are not positive, DivergedError (naming the step) when the chain leaves the finite numbers.
SgldResult sgld(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta0,
                const SgldOptions& options);

}  // namespace premelt
