#pragma once
/// The well of `premelt settings metastable`, and chains of such wells.

#include <cmath>
#include <vector>

#include "models/tasks/langevin.hpp"

namespace lesson {

constexpr double rate = 0.05;                          ///< η, time a step
constexpr double bottom = -0.945649, top = -0.101031;  ///< the left minimum and the barrier at tilt 0.1

inline double potential(double x, double tilt = 0.1) {
  return x * x * x * x / 4 - x * x / 2 - tilt * x;
}
inline double slope(double x, double tilt = 0.1) {
  return x * x * x - x - tilt;
}
inline double curvature(double x) {
  return 3 * x * x - 1;
}
inline double barrier() {
  return potential(top) - potential(bottom);
}

/// Langevin dynamics at temperature T = ηs²/2.
inline premelt::Langevin at(double temperature) {
  return {.rate = rate, .noise = std::sqrt(2 * temperature / rate)};
}

/// x at every step from the bottom of the well until it is beyond the barrier for good (x > 0.7).
inline std::vector<double> escape(double temperature, premelt::Rng& rng) {
  const premelt::Langevin dynamics = at(temperature);
  std::vector<double> path{bottom};
  while (path.back() <= 0.7) path.push_back(dynamics.next(path.back(), slope(path.back()), rng));
  return path;
}

/// The time that takes.
inline double waiting_time(double temperature, premelt::Rng& rng) {
  return rate * static_cast<double>(escape(temperature, rng).size() - 1);
}

/// Units in a ring, each in such a well, neighbours coupled by κ(φ_i - φ_{i+1})²/2.
class Chain {
 public:
  Chain(std::vector<double> units, double tilt) : units_(std::move(units)), tilt_(tilt) {}

  /// A step downhill, with noise where the dynamics has some.
  void step(const premelt::Langevin& dynamics, premelt::Rng& rng) {
    before_ = units_;
    for (std::size_t i = 0; i < units_.size(); ++i)
      units_[i] = dynamics.next(before_[i], force(before_, i), rng);
  }
  /// The same without; returns the length of the gradient before it.
  double roll(double length) {
    before_ = units_;
    double squares = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const double gradient = force(before_, i);
      units_[i] -= length * gradient;
      squares += gradient * gradient;
    }
    return std::sqrt(squares);
  }

  double energy() const {
    double sum = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const double apart = units_[i] - units_[(i + 1) % units_.size()];
      sum += potential(units_[i], tilt_) + coupling * apart * apart / 2;
    }
    return sum;
  }
  /// How far all units together are from `left`.
  double displaced(double left) const {
    double sum = 0;
    for (const double x : units_) sum += x - left;
    return sum;
  }
  /// How many units are on the right.
  int turned() const {
    int count = 0;
    for (const double x : units_) count += x > 0 ? 1 : 0;
    return count;
  }
  const std::vector<double>& units() const { return units_; }

  static constexpr double coupling = 1;  ///< κ

 private:
  double force(const std::vector<double>& x, std::size_t i) const {
    const std::size_t n = x.size();
    return slope(x[i], tilt_) + coupling * (2 * x[i] - x[(i + 1) % n] - x[(i + n - 1) % n]);
  }

  std::vector<double> units_, before_;
  double tilt_;
};

}  // namespace lesson
