#pragma once
/// One mode of a deep linear network under weight decay.

#include <cmath>
#include <vector>

#include "engine/tensor/random.hpp"

namespace lesson {

/// Weights w_1 … w_D in a chain, strength u = w_1·…·w_D, loss ½(target - u)² + ½·decay·Σw².
class Mode {
 public:
  Mode(int layers, double strength_of_each) {
    for (int d = 0; d < layers; ++d) weights_.push_back(strength_of_each * (1 + 0.01 * d));
  }

  /// One step of gradient descent.
  void train(double target, double decay, double rate) {
    const double u = strength();
    std::vector<double> next;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      double others = 1;
      for (std::size_t j = 0; j < weights_.size(); ++j) others *= j == i ? 1 : weights_[j];
      next.push_back(weights_[i] + rate * (others * (target - u) - decay * weights_[i]));
    }
    weights_ = next;
  }

  /// Adds N(0, sd²) to every weight.
  void shake(double sd, premelt::Rng& rng) {
    for (double& w : weights_) w += sd * rng.normal();
  }

  /// Adds the same to every weight.
  void push(double by) {
    for (double& w : weights_) w += by;
  }
  /// Of the weights.
  double distance(const Mode& other) const {
    double squares = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i)
      squares += (weights_[i] - other.weights_[i]) * (weights_[i] - other.weights_[i]);
    return std::sqrt(squares);
  }

  double strength() const {
    double product = 1;
    for (const double w : weights_) product *= w;
    return product;
  }

 private:
  std::vector<double> weights_;
};

}  // namespace lesson
