#pragma once
/// ρ ∝ exp(−NβL(θ) − γ/2‖θ − θ0‖²), the posterior localised at θ0, by Langevin steps. (ours; after the loss
/// kernel, arXiv 2509.26537, and Bayesian influence functions, arXiv 2509.26544)

#include <cstdint>
#include <vector>

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// The posterior, and the chains that sample it.
struct SgldOptions {
  double beta = 1;             ///< inverse temperature of the posterior, times `samples`
  std::size_t samples = 1;     ///< N, the size of the data set that L stands for
  double localisation = 1;     ///< γ
  double step = 1e-4;          ///< ε of θ ← θ − (ε/2)∇U + √ε ξ
  std::size_t batch = 0;       ///< samples that a step's gradient sees, anew each time; 0: all of them
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
  /// Mean probability, over the draws, that a Metropolis test would accept a step with the whole gradient: 1
  /// for ε → 0.
  double acceptance = 0;
  /// Variance that the minibatches' gradients add to a step, over the ε that is meant: 0.1 samples at about
  /// 1.1 times the temperature. 0 with whole gradients.
  double gradient_noise = 0;
};

/// `data` gives L, the mean of its losses; a step estimates its gradient from a minibatch drawn without
/// replacement (Welling and Teh, ICML 2011). `probes` are only recorded and may be the same landscape. Near a
/// minimum with Hessian H the chain with whole gradients samples N(θ0, [A(I − εA/4)]⁻¹), A = NβH + γI, so ε
/// has to stay below 4/λ_max(A); gradient noise of covariance S in ∇U adds (ε²/4)S to the ε of every step.
/// Throws UsageError on options that are not positive or a batch larger than the data, DivergedError (naming
/// the step) when the chain leaves the finite numbers, DataError (naming step and probe) when a probe's loss
/// does.
SgldResult sgld(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta0,
                const SgldOptions& options);

}  // namespace premelt
