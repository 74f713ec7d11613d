#pragma once
/// Samples of the Gibbs measure exp(-E/T) by Langevin dynamics.

#include <cmath>
#include <span>
#include <vector>

#include "models/tasks/langevin.hpp"

namespace lesson {

/// Coordinates x of `dimensions` landscapes ½x² or ¼x⁴ side by side, at temperature T.
class Gibbs {
 public:
  Gibbs(std::size_t dimensions, bool quartic, double temperature, std::uint64_t seed)
      : x_(dimensions, 0.0),
        quartic_(quartic),
        dynamics_{.rate = rate(temperature), .noise = std::sqrt(2 * temperature / rate(temperature))},
        rng_(seed, "gibbs") {
    for (int i = 0; i < 100; ++i) next();
  }

  /// A new sample, 30 steps on.
  std::span<const double> next() {
    for (int step = 0; step < 30; ++step) {
      for (double& x : x_) x = dynamics_.next(x, quartic_ ? x * x * x : x, rng_);
    }
    return x_;
  }

  double energy(double x) const { return quartic_ ? x * x * x * x / 4 : x * x / 2; }
  double energy() const {
    double sum = 0;
    for (const double x : x_) sum += energy(x);
    return sum;
  }

 private:
  /// A small part of the time in which x forgets: 1, or 1/√T in the quartic well.
  double rate(double temperature) const { return quartic_ ? 0.006 / std::sqrt(temperature) : 0.01; }

  std::vector<double> x_;
  bool quartic_;
  premelt::Langevin dynamics_;
  premelt::Rng rng_;
};

}  // namespace lesson
