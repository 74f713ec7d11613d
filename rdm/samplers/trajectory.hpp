#pragma once
/// Distributions given by points: a window of training steps, or copies of one checkpoint.

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// The name of the sampler that a run itself is: `run.json` and `premelt compare` call it so.
inline constexpr const char* window_sampler = "dynamical";

/// `dynamical`: ρ uniform over the W recorded θ_t of a window (W,p). Returns their losses (W,n); as the
/// window is the distribution, its covariance divides by W. `replica` (ours) takes the θ of R copies of a
/// checkpoint after k further steps with different batch orders, fluctuation without drift: a sample, whose
/// covariance divides by R − 1.
Tensor<double> dynamical_losses(const LossLandscape& landscape, const Tensor<double>& trajectory,
                                std::size_t threads = 1);

}  // namespace premelt
