/// A new sampler: the 2RDM of a network whose weights are dropped at random.

#include <cmath>
#include <cstdio>

#include "engine/tensor/random.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/landscape.hpp"
#include "rdm/samplers/parallel.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;

/// ρ: each weight is dropped with probability `rate`, the others are divided by 1 - rate, so that the mean
/// stays θ and Σ = rate/(1 - rate)·diag(θ²). Returns the losses (M,n) of M = `draws` such networks.
Tensor<double> dropout_losses(const LossLandscape& landscape, ParameterVector theta, double rate,
                              std::size_t draws, std::uint64_t seed, std::size_t threads) {
  Tensor<double> losses(Shape{draws, landscape.probes()});
  parallel_chunks(draws, 16, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> dropped(theta.size());
    for (std::size_t m = begin; m < end; ++m) {
      Rng rng(seed, "dropout " + std::to_string(m));  // one stream a draw: any number of threads, same bits
      for (std::size_t a = 0; a < theta.size(); ++a)
        dropped[a] = rng.uniform() < rate ? 0 : theta[a] / (1 - rate);
      landscape.losses(dropped, losses.row(m));
    }
  });
  return losses;
}

/// GΣGᵀ for that Σ: the Jacobian in coordinates in which Σ is isotropic.
Tensor<double> dropout_linear(const LossLandscape& landscape, const Tensor<double>& theta, double rate) {
  Tensor<double> g = landscape.jacobian(theta.flat());
  for (std::size_t i = 0; i < g.shape()[0]; ++i) {
    for (std::size_t a = 0; a < theta.size(); ++a) g(i, a) *= theta(a);
  }
  return linear_covariance(g, std::sqrt(rate / (1 - rate)));
}

int main() {
  const Setting& setting = find_setting("tanh-mlp");
  const std::unique_ptr<Experiment> experiment = setting.make(setting.parameters);
  for (int step = 0; step < 200; ++step) experiment->step();
  const std::unique_ptr<LossLandscape> landscape = experiment->landscape();
  const Tensor<double> theta = experiment->position();

  std::printf("%8s %10s %6s %18s %11s\n", "rate", "SHC", "PR", "error of linear", "v1 overlap");
  for (double rate : {0.01, 0.1, 0.5}) {
    const Tensor<double> losses = dropout_losses(*landscape, theta.flat(), rate, 20000, 1, 2);
    const Tensor<double> c = covariance(losses, Divisor::sample),
                         linear = dropout_linear(*landscape, theta, rate);
    const Moments m = matrix_moments(c);
    std::printf("%8.3f %10.2e %6.2f %18.2f %11.2f\n", rate, m.spectral_heat_capacity(),
                m.participation_ratio(), relative_error(linear, c), top_overlap(linear, c));
  }
}
