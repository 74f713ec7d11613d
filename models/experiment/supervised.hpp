#pragma once
/// A whole Experiment out of a small class: the training run of a supervised task.

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>

#include "engine/ops/reduce.hpp"
#include "models/experiment/trained.hpp"

namespace premelt {

/// A training run of `Task` with element type T. A task is constructed from the Hyperparameters and has
/// @code
///   using Batch = ...;                                       what one forward pass needs
///   template <class U> Parameters<U> initial() const;        freshly initialised parameters
///   template <class T> static std::unique_ptr<Optimizer<T>> optimiser(const Hyperparameters&);
///   Batch draw(Rng& data) const;                             the next training batch
///   const Batch& probes() const;  std::vector<std::string> probe_blocks() const;
///   template <class U> Var<U> losses(const Leaves<U>&, const Batch&) const;      unreduced, (B)
///   std::vector<std::string> order_names() const;  std::vector<EventSpec> events() const;
///   template <class U> void order(const Leaves<U>&, std::span<double>) const;
///   // and, where it learns from a finite training set:
///   std::size_t samples() const;  Batch some(std::span<const std::size_t> samples) const;
/// @endcode
template <class T, class Task>
class Supervised final : public TrainedExperiment<T> {
 public:
  /// Throws what the task's constructor throws.
  explicit Supervised(const Hyperparameters& parameters)
      : TrainedExperiment<T>(parameters, Task::template optimiser<T>(parameters)), task_(parameters) {
    this->weights_ = task_.template initial<T>();
  }

  void step() override {
    const typename Task::Batch batch = task_.draw(this->streams_["data"]);
    this->descend([&](const Leaves<T>& theta) { return mean(task_.losses(theta, batch)); });
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> values = task_.losses(this->weights_.constants(), task_.probes());
    std::ranges::copy(values.value().flat(), losses.begin());
  }

  void order_parameters(std::span<double> values) override {
    task_.order(this->weights_.constants(), values);
  }

  /// @{
  /// The task's.
  std::vector<std::string> probe_blocks() const override { return task_.probe_blocks(); }
  std::vector<std::string> order_names() const override { return task_.order_names(); }
  std::vector<EventSpec> events() const override { return task_.events(); }
  /// @}

  std::unique_ptr<LossLandscape> landscape() const override {
    return this->landscape_of(probe_blocks().size(), [task = task_](const Leaves<double>& theta) {
      return task.losses(theta, task.probes());
    });
  }
  std::unique_ptr<LossLandscape> data_landscape() const override {
    if constexpr (requires { task_.samples(); }) {
      std::vector<std::size_t> all(task_.samples());
      std::iota(all.begin(), all.end(), std::size_t{0});
      return this->landscape_of(
          all.size(),
          [task = task_, data = task_.some(all)](const Leaves<double>& theta) {
            return task.losses(theta, data);
          },
          [task = task_](const Leaves<double>& theta, std::span<const std::size_t> samples) {
            return task.losses(theta, task.some(samples));
          });
    } else {
      return nullptr;
    }
  }

 private:
  Task task_;
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
  return make_in_dtype<Supervised<float, Task>, Supervised<double, Task>>(parameters);
}

}  // namespace premelt
