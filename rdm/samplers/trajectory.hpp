#pragma once
/// Distributions given by points: a window of training steps, or copies of one checkpoint.

#include <functional>

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// `dynamical`: ρ uniform over the W recorded θ_t of a window (W,p). Returns their losses (W,n); as the
/// window is the distribution, its covariance divides by W.
Tensor<double> dynamical_losses(const LossLandscape& landscape, const Tensor<double>& trajectory,
                                std::size_t threads = 1);

/// `replica` (ours): R copies of one checkpoint after k further steps with different batch orders:
/// fluctuation without drift. `advance(r)` returns the parameters (p) of copy r and is called in order, on
/// this thread. Returns losses (R,n), a sample: divisor R − 1. Throws UsageError when there are fewer than 2
/// replicas.
Tensor<double> replica_losses(const LossLandscape& landscape, std::size_t replicas,
                              const std::function<Tensor<double>(std::size_t)>& advance);

}  // namespace premelt
