#pragma once
/// The part of an Experiment that small supervised settings share: parameters, optimiser, probes.

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>

#include "engine/linalg/norm.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/train/trainer.hpp"
#include "models/experiment/setting.hpp"
#include "rdm/samplers/model_landscape.hpp"

namespace premelt {

/// The losses of a task's whole training set.
template <class Task>
std::unique_ptr<LossLandscape> data_landscape_of(const Parameters<double>& weights, const Task& task) {
  std::vector<std::size_t> all(task.samples());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return std::make_unique<ModelLandscape<double>>(
      weights, all.size(),
      [task, data = task.some(all)](const Leaves<double>& theta) { return task.losses(theta, data); },
      [task](const Leaves<double>& theta, std::span<const std::size_t> samples) {
        return task.losses(theta, task.some(samples));
      });
}

/// A training run of `Task` with element type T. A task is constructed from the Hyperparameters and has
/// @code
///   using Batch = ...;                                       what one forward pass needs
///   template <class U> Parameters<U> initial() const;        freshly initialised parameters
///   template <class T> std::unique_ptr<Optimizer<T>> optimiser() const;
///   Batch draw();                                            the next training batch
///   const Batch& probes() const;  std::vector<std::string> probe_blocks() const;
///   template <class U> Var<U> losses(const Leaves<U>&, const Batch&) const;      unreduced, (B)
///   std::vector<std::string> order_names() const;  std::vector<EventSpec> events() const;
///   template <class U> void order(const Leaves<U>&, std::span<double>) const;
///   Rng& batches();  const Rng& batches() const;             the stream that `draw` draws from
///   // and, where it learns from a finite training set:
///   std::size_t samples() const;  Batch some(std::span<const std::size_t> samples) const;
/// @endcode
template <class T, class Task>
class Supervised : public Experiment {
 public:
  /// Throws what the task's constructor throws.
  explicit Supervised(const Hyperparameters& parameters)
      : parameters_(parameters),
        task_(parameters),
        weights_(task_.template initial<T>()),
        trainer_(task_.template optimiser<T>()) {}

  void step() override {
    const typename Task::Batch batch = task_.draw();
    trainer_.step(weights_, [&](const Leaves<T>& leaves) { return mean(task_.losses(leaves, batch)); });
  }

  std::vector<double> training() const override {
    return {trainer_.stats().loss, trainer_.stats().gradient_norm, norm(weights_.flat())};
  }

  void save(Checkpoint& checkpoint) const override {
    trainer_.save(checkpoint, weights_);
    checkpoint.streams["data"] = task_.batches().state();
  }

  void load(const Checkpoint& checkpoint) override {
    trainer_.load(checkpoint, weights_);
    task_.batches() = checkpoint.stream("data");
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> values = task_.losses(weights_.constants(), task_.probes());
    std::ranges::copy(values.value().flat(), losses.begin());
  }

  void order_parameters(std::span<double> values) override { task_.order(weights_.constants(), values); }

  std::vector<std::string> probe_blocks() const override { return task_.probe_blocks(); }
  /// @{
  /// The task's.
  std::vector<std::string> order_names() const override { return task_.order_names(); }
  std::vector<EventSpec> events() const override { return task_.events(); }
  /// @}

  MonitorOptions monitor_options() const override {
    return premelt::monitor_options(parameters_, task_.probe_blocks().size());
  }

  std::unique_ptr<LossLandscape> landscape() const override {
    return std::make_unique<ModelLandscape<double>>(
        in_double(weights_), task_.probe_blocks().size(),
        [task = task_](const Leaves<double>& theta) { return task.losses(theta, task.probes()); });
  }
  std::unique_ptr<LossLandscape> data_landscape() const override {
    if constexpr (requires { task_.samples(); }) {
      return data_landscape_of(in_double(weights_), task_);
    } else {
      return nullptr;
    }
  }
  Tensor<double> position() const override { return cast<double>(weights_.flat()); }
  void reseed(std::uint64_t replica) override {
    task_.batches() = Rng(parameters_.count("seed"), "data of replica " + std::to_string(replica));
  }

 private:
  Hyperparameters parameters_;
  Task task_;
  Parameters<T> weights_;
  Trainer<T> trainer_;
};

/// Data for a forward pass in element type U, one sample an entry of the first axis; the numbers are copied
/// only to convert them.
template <class U>
Var<U> batched_as(const Tensor<double>& data) {
  if constexpr (std::is_same_v<U, double>) {
    return batched(data);
  } else {
    return batched(cast<U>(data));
  }
}

/// The experiment of `Task` in the element type that the parameter `dtype` names.
template <class Task>
std::unique_ptr<Experiment> make_supervised(const Hyperparameters& parameters) {
  if (parameters.text("dtype") == "float32") return std::make_unique<Supervised<float, Task>>(parameters);
  return std::make_unique<Supervised<double, Task>>(parameters);
}

}  // namespace premelt
