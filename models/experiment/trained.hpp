#pragma once
/// The part of an Experiment that all settings which train something share.

#include <memory>
#include <string>
#include <vector>

#include "engine/train/trainer.hpp"
#include "models/experiment/setting.hpp"
#include "models/experiment/streams.hpp"
#include "rdm/samplers/model_landscape.hpp"

namespace premelt {

/// Weights, optimiser, clock and random streams of a training run with element type T, and what is told and
/// kept of them. A setting says what a step trains on and what the probes are.
template <class T>
class TrainedExperiment : public Experiment {
 public:
  std::vector<double> training() const override;
  void save(Checkpoint& checkpoint) const override;
  void load(const Checkpoint& checkpoint) override;
  Tensor<double> position() const override { return cast<double>(weights().flat()); }
  void reseed(std::uint64_t replica) override { streams_.reseed(replica); }
  MonitorOptions monitor_options() const override;

 protected:
  /// At step 0, without weights. `streams` are those that go on while training.
  TrainedExperiment(const Hyperparameters& parameters, std::unique_ptr<Optimizer<T>> optimizer,
                    typename Trainer<T>::Options options = {},
                    const std::vector<std::string>& streams = {"data"})
      : parameters_(parameters),
        init_(parameters.count("seed"), "init"),
        streams_(parameters.count("seed"), streams),
        trainer_(std::move(optimizer), std::move(options)) {}

  /// @{
  /// What is trained; a setting that makes its weights only when somebody asks overrides both.
  virtual Parameters<T>& weights() { return weights_; }
  virtual const Parameters<T>& weights() const { return weights_; }
  /// @}

  /// One training step down the gradient of `loss`, a scalar.
  void descend(const typename Trainer<T>::Loss& loss) {
    trainer_.step(weights(), loss);
    ++time_;
  }

  /// The losses of n probes as a function of the weights, in double.
  std::unique_ptr<LossLandscape> landscape_of(std::size_t probes, ProbeLosses<double> losses,
                                              SomeLosses<double> some = nullptr) const {
    return std::make_unique<ModelLandscape<double>>(in_double(weights()), probes, std::move(losses),
                                                    std::move(some));
  }

  Hyperparameters parameters_;  ///< as given
  Rng init_;                    ///< what the first weights are drawn from
  Parameters<T> weights_;       ///< empty until the setting adds them
  Streams streams_;             ///< random numbers that training goes on drawing
  Trainer<T> trainer_;          ///< with the optimiser
  std::int64_t time_ = 0;       ///< steps done
};

/// AdamW as the settings with embeddings use it, with β₂ = 0.98.
template <class T>
std::unique_ptr<Optimizer<T>> adam_w(double learning_rate, double weight_decay) {
  return std::make_unique<Adam<T>>(
      AdamOptions{.lr = learning_rate, .beta2 = 0.98, .weight_decay = weight_decay});
}

/// A Float or a Double, the same experiment in either element type, as the parameter `dtype` says.
template <class Float, class Double>
std::unique_ptr<Experiment> make_in_dtype(const Hyperparameters& parameters) {
  if (parameters.text("dtype") == "float32") return std::make_unique<Float>(parameters);
  return std::make_unique<Double>(parameters);
}

}  // namespace premelt
