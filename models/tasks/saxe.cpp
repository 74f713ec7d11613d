#include "models/tasks/saxe.hpp"

#include <cmath>

namespace premelt::saxe {

double strength(double time, double target, double initial, double tau) {
  // Divided through by the exponential, which overflows late in training.
  const double decay = std::exp(-2 * target * time / tau);
  return target / (1 + (target / initial - 1) * decay);
}

double time_to_reach(double fraction, double target, double initial, double tau) {
  return tau / (2 * target) * std::log((target / initial - 1) * fraction / (1 - fraction));
}

double lead_of_steepest_fall(double target, double tau) {
  return std::log(2.0) / 2 * tau / target;
}

double peak_eigenvalue(double target, double tau, double window, double sum_of_squared_couplings) {
  const double speed = 8 * target * target * target / (27 * tau);
  return speed * speed * (window * window - 1) / 12 * sum_of_squared_couplings;
}

}  // namespace premelt::saxe
