#pragma once
/// Losses that look like a run's but carry no warning. Each takes and returns a loss matrix (T,n) and throws
/// ShapeError when it is not a matrix of at least 3 rows. (ours, theory §5; phases shared between probes
/// would keep the covariance, so phase randomisation is not among them)

#include <cstddef>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Each probe's series shifted in time by its own random amount, cyclically: co-movement is lost, each
/// probe's autocorrelation stays.
Tensor<double> circular_shift(const Tensor<double>& losses, Rng& rng);

/// Each probe replaced by a stationary first-order autoregression of its own mean, variance and lag-1
/// autocorrelation.
Tensor<double> autoregressive(const Tensor<double>& losses, Rng& rng);

/// Rows drawn in blocks of `block` consecutive recordings, blocks in random order with replacement
/// (Künsch, Annals of Statistics 17, 1989): co-movement and short memory stay, trends are lost. Throws
/// UsageError when the block is empty or longer than T.
Tensor<double> block_bootstrap(const Tensor<double>& losses, std::size_t block, Rng& rng);

}  // namespace premelt
