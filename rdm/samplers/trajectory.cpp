#include "rdm/samplers/trajectory.hpp"

#include <string>

#include "engine/tensor/error.hpp"
#include "rdm/samplers/parallel.hpp"

namespace premelt {

Tensor<double> dynamical_losses(const LossLandscape& landscape, const Tensor<double>& trajectory,
                                std::size_t threads) {
  const std::size_t window = trajectory.shape()[0];
  Tensor<double> losses(Shape{window, landscape.probes()});
  parallel_chunks(window, 1, threads,
                  [&](std::size_t t, std::size_t) { landscape.losses(trajectory.row(t), losses.row(t)); });
  return losses;
}

Tensor<double> replica_losses(const LossLandscape& landscape, std::size_t replicas,
                              const std::function<Tensor<double>(std::size_t)>& advance) {
  if (replicas < 2) {
    throw UsageError("a covariance needs at least 2 replicas, got " + std::to_string(replicas));
  }
  Tensor<double> losses(Shape{replicas, landscape.probes()});
  for (std::size_t r = 0; r < replicas; ++r) landscape.losses(advance(r).flat(), losses.row(r));
  return losses;
}

}  // namespace premelt
