/// A new sampler: the 2RDM of a network whose weights are dropped at random.

#include <cmath>
#include <cstdio>

#include "engine/tensor/random.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/proposition/sampler.hpp"
#include "rdm/samplers/landscape.hpp"
#include "rdm/samplers/parallel.hpp"

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
Tensor<double> dropout_linear(const LossLandscape& landscape, ParameterVector theta, double rate) {
  Tensor<double> g = landscape.jacobian(theta);
  for (std::size_t i = 0; i < g.shape()[0]; ++i) {
    for (std::size_t a = 0; a < theta.size(); ++a) g(i, a) *= theta[a];
  }
  return linear_covariance(g, std::sqrt(rate / (1 - rate)));
}

/// The row: at each σ, dropout with Σ = σ²·diag(θ²), that is rate = σ²/(1 + σ²).
const Sampler row{
    "dropout", "weights dropped at random", false, true,
    [](const ComparisonPoint& at, const ComparisonOptions& options) {
      std::vector<Comparison> found;
      for (double sigma : options.sigmas) {
        const double rate = sigma * sigma / (1 + sigma * sigma);
        Comparison& comparison = found.emplace_back(Comparison{.sigma = sigma});
        comparison.draws = options.draws;
        comparison.agreement = compare_losses(
            dropout_losses(at.landscape, at.theta, rate, options.draws, options.seed, options.threads),
            dropout_linear(at.landscape, at.theta, rate), at.blocks);
      }
      return found;
    }};

int main() {
  const Setting& setting = find_setting("tanh-mlp");
  const std::unique_ptr<Experiment> experiment = setting.make(setting.parameters);
  for (int step = 0; step < 200; ++step) experiment->step();
  const std::unique_ptr<LossLandscape> landscape = experiment->landscape();
  const Tensor<double> theta = experiment->position();
  const Blocks blocks(experiment->probe_blocks());

  ComparisonOptions options{.draws = 20000, .threads = 2};
  for (double rate : {0.01, 0.1, 0.5}) options.sigmas.push_back(std::sqrt(rate / (1 - rate)));
  const ComparisonPoint point{.landscape = *landscape,
                              .data = {},
                              .theta = theta.flat(),
                              .history = {},
                              .window = 0,
                              .replicas = {},
                              .blocks = blocks};
  std::printf("%8s %10s %6s %18s %11s\n", "rate", "SHC", "PR", "error of linear", "v1 overlap");
  for (const Comparison& found : row.compare(point, options)) {
    const double square = found.sigma * found.sigma;
    const Agreement& a = found.agreement;
    std::printf("%8.3f %10.2e %6.2f %18.2f %11.2f\n", square / (1 + square), a.own.shc.value, a.own.pr.value,
                a.error.value, a.top_overlap.value);
  }
}
