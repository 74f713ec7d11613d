#include "rdm/samplers/trajectory.hpp"

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

}  // namespace premelt
