#pragma once
/// A setting = model + task + probe set with named blocks + order parameters + defaults.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/train/checkpoint.hpp"
#include "models/experiment/attention_patterns.hpp"
#include "models/experiment/hyperparameters.hpp"
#include "rdm/samplers/landscape.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt {

/// An event to look for: `order` reaches a fraction (10, 50, 90 %) of `target` and stays there.
struct EventSpec {
  std::string name;   ///< "mode1", "completion"
  std::string order;  ///< the order parameter's column
  double target;      ///< its final value
  /// Value of the parameter `control` that trains the event-free twin; empty: there is none.
  std::string control = {};
  /// The fractions are of the run's last value, and told when it ends, provided that it is at least `target`.
  bool of_final_value = false;
  /// The order parameter that says how well the directions have been found, up to 1; empty: there is none.
  std::string alignment = {};
  /// Parameters that, with `control`, train an event-free replica whose probes are those of a run with the
  /// event, labels included.
  std::vector<std::pair<std::string, HyperparameterValue>> null = {};
};

/// What Experiment::training returns.
inline const std::vector<std::string> training_columns{"training_loss", "gradient_norm", "weight_norm"};

/// One training run in progress. Created by a Setting at step 0; the caller steps it and reads it.
class Experiment {
 public:
  virtual ~Experiment() = default;

  /// One training step.
  virtual void step() = 0;
  /// Unreduced losses of the n probes at the present parameters, without recording gradients.
  virtual void probe_losses(std::span<double> losses) = 0;
  /// The order parameters at the present parameters, in the order of `order_names`.
  virtual void order_parameters(std::span<double> values) = 0;

  /// The values of `training_columns`: training loss and gradient norm of the last step (NaN before the
  /// first) and the norm of the weights now. Empty when nothing is trained.
  virtual std::vector<double> training() const { return {}; }

  /// What reports show of attention over time; nothing where nothing attends.
  virtual std::optional<AttentionSpec> attention_spec() const { return std::nullopt; }
  /// The patterns at the present parameters (H,P,T,T): of each query (row) the weights of the keys, summing
  /// to 1.
  virtual Tensor<double> attention() const { return {}; }

  /// Adds all that changes while training: parameters, optimiser, random streams. The checkpoint has its
  /// step.
  virtual void save(Checkpoint& checkpoint) const = 0;
  /// Continues from there. Throws DataError naming the checkpoint's file when something is missing or does
  /// not fit; the experiment is then of no use any more.
  virtual void load(const Checkpoint& checkpoint) = 0;

  /// The probe losses as a function of the parameters, in double whatever the training uses. Null when the
  /// setting has no parameters.
  virtual std::unique_ptr<LossLandscape> landscape() const { return nullptr; }
  /// The same of the whole training set, one loss a sample, where there is a finite one; null otherwise.
  virtual std::unique_ptr<LossLandscape> data_landscape() const { return nullptr; }
  /// The present parameters, (p), where `landscape` is to be looked at.
  virtual Tensor<double> position() const { return {}; }
  /// From here on, the randomness of an independent replica. Nothing happens where there is none.
  virtual void reseed(std::uint64_t) {}

  /// What is to be known about the data before training, in a line for people; empty: nothing.
  virtual std::string about_data() const { return {}; }
  /// What makes one loss of each probe, where a probe has several.
  virtual std::string token_reduction() const { return "none: one loss a probe"; }
  /// Tokens that one step trains on; 0 where nothing is made of tokens.
  virtual std::size_t tokens_per_step() const { return 0; }
  /// A line that shows what the model makes at the present parameters, and depends on nothing else; empty
  /// where it makes nothing.
  virtual std::string sample() { return {}; }

  /// Block of each probe; its size is the number of probes n.
  virtual std::vector<std::string> probe_blocks() const = 0;
  /// Columns of order.csv: what has been learnt so far.
  virtual std::vector<std::string> order_names() const = 0;
  /// What is to be looked for in the order parameters.
  virtual std::vector<EventSpec> events() const = 0;
  /// Window, modes, extra channels and alarm rule.
  virtual MonitorOptions monitor_options() const = 0;
  /// Standard deviation of i.i.d. noise on the losses, when the setting knows it: draws the null in reports.
  virtual std::optional<double> noise_level() const { return std::nullopt; }
};

/// Something that moves the losses of an event-free twin without bringing the event: changes of parameters
/// after its `control` is set. Where there is a parameter `trap_step`, it falls into the middle of the watch.
struct Trap {
  std::string name;                                                  ///< "rate_drop"
  std::vector<std::pair<std::string, HyperparameterValue>> changes;  ///< parameter and value
};

/// A setting by name: what `premelt run NAME` runs.
struct Setting {
  std::string name;            ///< "deep-linear"
  std::string summary;         ///< one line, shown by `premelt settings`
  Hyperparameters parameters;  ///< with their defaults
  std::function<std::unique_ptr<Experiment>(const Hyperparameters&)>
      make;  ///< an experiment at step 0; throws UsageError or DataError on parameters that make no sense
  /// Other defaults, when the parameter `quick` is set: a run of a few seconds.
  std::vector<std::pair<std::string, HyperparameterValue>> quick = {};
  /// What `sweep --traps` counts alarms on.
  std::vector<Trap> traps = {};
};

/// Lets `assign` change the parameters. When it sets `quick`, the setting's quick defaults come first, so
/// that what `assign` asks for beats them.
void assign_parameters(const Setting& setting, Hyperparameters& parameters,
                       const std::function<void(Hyperparameters&)>& assign);

/// What a setting says about the parameters all have.
struct CommonDefaults {
  std::int64_t steps;                   ///< length of a run
  std::int64_t window;                  ///< W, in recordings
  std::int64_t burn_in = 0;             ///< the first step at which an alarm counts
  const char* dtype = "float32";        ///< element type of the training
  std::int64_t every = 1;               ///< steps between recordings (k)
  const char* alarm_statistic = "shc";  ///< column of signals.csv that the alarm reads
};

/// The table of a setting: what every setting has (seed, steps, dtype, every, window, modes and the alarm's),
/// then its own.
Hyperparameters parameter_table(const CommonDefaults& defaults, const std::vector<Hyperparameter>& own);

/// The monitor those parameters describe, for n probes and without extra channels. Of n probes there are n
/// eigenvectors: more modes are not kept.
MonitorOptions monitor_options(const Hyperparameters& parameters, std::size_t probes);

}  // namespace premelt
