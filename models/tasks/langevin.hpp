#pragma once
/// Overdamped Langevin dynamics, and probe losses that watch one slow coordinate among fast ones.

#include <span>
#include <string>
#include <vector>

#include "engine/tensor/random.hpp"
#include "models/experiment/hyperparameters.hpp"

namespace premelt {

/// x ← x - η·f'(x) + η·s·ξ with ξ ~ N(0,1). In a well of curvature h: variance ηs²/(h(2-ηh)), lag-1
/// autocorrelation 1-ηh (theory §7).
struct Langevin {
  double rate;   ///< η
  double noise;  ///< s

  /// One step from x, where f'(x) = `slope`. One normal deviate is drawn.
  double next(double x, double slope, Rng& rng) const {
    return x - rate * slope + rate * noise * rng.normal();
  }
};

/// ℓ_i = 1 + c_i·x + Σ_m d_im·z_m + noise: the first `coupled` probes see the coordinate x with |c_i| uniform
/// in [0.5, 1.5], all of them see the spectators z with d_im ~ N(0, 1/M). Of several coordinates x, probe i
/// sees number i modulo their count. (ours)
class CoupledProbes {
 public:
  /// Reads `seed`, `probes`, `coupled`, `spectators`, `signs` and `measurement_noise`. Throws UsageError when
  /// more probes are coupled than there are.
  explicit CoupledProbes(const Hyperparameters& parameters);

  /// Losses (n) at the coordinates x, at least one, and the spectators (M).
  void losses(std::span<const double> x, std::span<const double> spectators, Rng& noise,
              std::span<double> losses) const;
  /// "coupled" or "spectator" for each probe.
  std::vector<std::string> blocks() const;

 private:
  std::vector<double> coupling_;                         ///< c, (n)
  std::vector<std::vector<double>> spectator_coupling_;  ///< d, (n,M)
  double measurement_noise_;
};

/// The parameters CoupledProbes reads, but the seed.
std::vector<Hyperparameter> coupled_probe_parameters();

}  // namespace premelt
