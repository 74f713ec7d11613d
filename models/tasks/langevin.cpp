#include "models/tasks/langevin.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/tensor/error.hpp"

namespace premelt {

CoupledProbes::CoupledProbes(const Hyperparameters& parameters)
    : measurement_noise_(parameters.number("measurement_noise")) {
  const std::size_t probes = parameters.count("probes"), coupled = parameters.count("coupled"),
                    spectators = parameters.count("spectators");
  if (coupled > probes) {
    throw UsageError("parameter 'coupled': " + std::to_string(coupled) + " of " + std::to_string(probes) +
                     " probes cannot be coupled");
  }
  Rng rng(parameters.count("seed"), "probes");
  coupling_.resize(probes, 0.0);
  for (std::size_t i = 0; i < coupled; ++i) {
    const bool mirrors = parameters.text("signs") == "balanced" && i % 2 == 1;
    coupling_[i] = mirrors ? -coupling_[i - 1] : rng.uniform(0.5, 1.5);
  }
  for (std::size_t i = 0; i < probes; ++i) {
    std::vector<double>& row = spectator_coupling_.emplace_back(spectators);
    for (double& d : row) d = rng.normal() / std::sqrt(static_cast<double>(spectators));
  }
}

void CoupledProbes::losses(std::span<const double> x, std::span<const double> spectators, Rng& noise,
                           std::span<double> losses) const {
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const std::vector<double>& d = spectator_coupling_[i];
    losses[i] = 1 + coupling_[i] * x[i % x.size()] +
                std::inner_product(d.begin(), d.end(), spectators.begin(), 0.0) +
                measurement_noise_ * noise.normal();
  }
}

std::vector<std::string> CoupledProbes::blocks() const {
  std::vector<std::string> blocks;
  for (double c : coupling_) blocks.emplace_back(c != 0 ? "coupled" : "spectator");
  return blocks;
}

std::vector<Hyperparameter> coupled_probe_parameters() {
  return {
      {"probes", std::int64_t{60}, "probes", 1},
      {"coupled", std::int64_t{20}, "how many of them see the coordinate", 0},
      {"spectators", std::int64_t{8}, "fast coordinates of curvature 1, seen by all probes", 0},
      {"signs",
       std::string("same"),
       "of the couplings; balanced: in pairs that cancel in the mean loss",
       {},
       {"same", "balanced"}},
      {"measurement_noise", 0.02, "standard deviation of the i.i.d. noise on every loss", 0},
  };
}

}  // namespace premelt
