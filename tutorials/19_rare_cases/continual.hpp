#pragma once
/// A deep linear network that goes on learning after a rare kind of input has left its data.

#include <cmath>
#include <memory>
#include <vector>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/init.hpp"
#include "engine/train/trainer.hpp"
#include "rdm/window/blocks.hpp"

namespace lesson {

using T = double;

/// Nine coordinates, each to be multiplied by its strength: five learnt long ago, three new ones, a rare one.
inline const std::vector<double> strengths{1.5, 1.5, 1.5, 1.5, 1.5, 1, 0.6, 0.4, 1};
constexpr std::size_t coordinates = 9, rare = 8, batch = 32, probes = 128, rare_probes = 4;
constexpr double rate = 0.02, decay = 0.05, label_noise = 0.3;

class Continual {
 public:
  /// `rehearsed`: one input in eight keeps its rare part, the control. All else is the same, number by
  /// number.
  Continual(std::uint64_t seed, bool rehearsed)
      : rehearsed_(rehearsed),
        data_(seed, "data"),
        rare_data_(seed, "rare"),
        init_(seed, "init"),
        first_(parameters_, "first", coordinates, coordinates, init_, {.bias = false, .sd = 1e-3}),
        second_(parameters_, "second", coordinates, coordinates, init_, {.bias = false, .sd = 1e-3}),
        trainer_(std::make_unique<premelt::Sgd<T>>(premelt::SgdOptions{.lr = rate, .weight_decay = decay})) {
    for (const char* layer : {"first.weight", "second.weight"}) {
      premelt::Tensor<T> weight = parameters_[layer];
      for (std::size_t k = 0; k < coordinates; ++k)
        weight(k, k) = k < 5 || k == rare ? std::sqrt(strengths[k] - decay) : 0.03;
    }
    premelt::Rng rng(seed, "probes");
    for (std::size_t i = 0; i < probes; ++i) {
      for (std::size_t k = 0; k < rare; ++k) probe_x_(i, k) = (i < rare_probes ? 0.5 : 1) * rng.normal();
      if (i < rare_probes) probe_x_(i, rare) = 2;
    }
  }

  void step() {
    premelt::Tensor<T> x(premelt::Shape{batch, coordinates}, 0.0);
    for (std::size_t i = 0; i < batch; ++i) {
      for (std::size_t k = 0; k < rare; ++k) x(i, k) = data_.normal();
      const double drawn = rare_data_.uniform();
      if (rehearsed_ && drawn < 0.125) x(i, rare) = std::sqrt(8.0);
    }
    premelt::Tensor<T> y = targets(x);
    for (T& value : y.flat()) value += label_noise * data_.normal();
    trainer_.step(parameters_, [&](const premelt::Leaves<T>& theta) {
      return mean(premelt::squared_error<T>((*this)(theta, x), y));
    });
  }

  /// (probes); the rare ones come first.
  premelt::Tensor<T> losses() const {
    const premelt::Leaves<T> theta = parameters_.constants();
    return premelt::squared_error<T>((*this)(theta, probe_x_), targets(probe_x_)).value();
  }
  static premelt::Blocks blocks() {
    std::vector<std::string> names(probes, "common");
    std::fill_n(names.begin(), rare_probes, "rare");
    return premelt::Blocks(names);
  }
  /// The strength that is left of the rare coordinate.
  double remembered() const {
    return premelt::matmul<T>(parameters_["second.weight"], parameters_["first.weight"]).value()(rare, rare);
  }

 private:
  premelt::Var<T> operator()(const premelt::Leaves<T>& theta, const premelt::Var<T>& x) const {
    return second_(theta, first_(theta, x));
  }
  static premelt::Tensor<T> targets(const premelt::Tensor<T>& x) {
    premelt::Tensor<T> y = x.clone();
    for (std::size_t i = 0; i < x.shape()[0]; ++i) {
      for (std::size_t k = 0; k < coordinates; ++k) y(i, k) *= strengths[k];
    }
    return y;
  }

  bool rehearsed_;
  premelt::Rng data_, rare_data_, init_;
  premelt::Parameters<T> parameters_;
  premelt::nn::Linear first_, second_;
  premelt::Trainer<T> trainer_;
  premelt::Tensor<T> probe_x_{premelt::Shape{probes, coordinates}, 0.0};
};

}  // namespace lesson
