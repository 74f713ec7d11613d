#pragma once
/// One training step in one place: leaves → loss → gradient → clip → schedule → optimiser.

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "engine/train/checkpoint.hpp"
#include "engine/train/optimizer.hpp"
#include "engine/train/parameters.hpp"
#include "engine/train/schedule.hpp"

namespace premelt {

/// What the last training step was like; NaN before the first.
struct TrainingStats {
  double loss = std::numeric_limits<double>::quiet_NaN();           ///< of its batch, before the update
  double gradient_norm = std::numeric_limits<double>::quiet_NaN();  ///< of that loss, before clipping
};

/// Steps parameters down the gradient of a loss, with an optimiser it owns.
template <class T>
class Trainer {
 public:
  /// Beyond the optimiser's own.
  struct Options {
    Schedule schedule = {};                ///< multiplies the optimiser's learning rate
    Schedule decay = {};                   ///< multiplies its weight decay
    std::optional<double> clip_norm = {};  ///< longest gradient
  };

  /// The optimiser's learning rate and weight decay now are what the schedules multiply.
  explicit Trainer(std::unique_ptr<Optimizer<T>> optimizer, Options options = {})
      : optimizer_(std::move(optimizer)),
        options_(std::move(options)),
        base_lr_(optimizer_->lr()),
        base_decay_(optimizer_->weight_decay()) {}

  /// A scalar loss from the parameters' leaves.
  using Loss = std::function<Var<T>(const Leaves<T>&)>;

  /// One step down the gradient of `loss`. What the loss recorded is forgotten at the end.
  void step(Parameters<T>& parameters, const Loss& loss);
  const TrainingStats& stats() const { return stats_; }  ///< of the last step

  /// The parameters and the optimiser's state (engine/train/checkpoint.hpp). The statistics are not kept:
  /// they belong to the step that made them.
  void save(Checkpoint& checkpoint, const Parameters<T>& parameters) const;
  /// Throws DataError when the checkpoint is that of another model or optimiser; nothing changes then.
  void load(const Checkpoint& checkpoint, Parameters<T>& parameters);

 private:
  std::unique_ptr<Optimizer<T>> optimizer_;
  Options options_;
  double base_lr_, base_decay_;
  Tape<T> tape_;
  TrainingStats stats_;
};

}  // namespace premelt
