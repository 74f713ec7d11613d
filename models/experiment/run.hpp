#pragma once
/// The training loop that every command shares: step, record, monitor, detect events, keep checkpoints.

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/experiment/setting.hpp"
#include "rdm/io/recording.hpp"
#include "rdm/window/event.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt {

/// Hears what happens in a run, in this order at each recording.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// The recording itself.
  virtual void recorded(const Recording& recording) = 0;
  /// The signals, from the first full window on.
  virtual void observed(const Observation& observation) = 0;
  /// An alarm, or an event once it is certain.
  virtual void happened(const Event& event) = 0;
  /// What the model makes now, where the setting has something to show.
  virtual void sampled(std::int64_t /*step*/, const std::string& /*line*/) {}
  /// The state after everything above.
  virtual void checkpointed(const Checkpoint&) {}
};

/// When a run ends and what it leaves on the way.
struct RunPlan {
  std::int64_t steps;                 ///< the last step
  std::int64_t every = 1;             ///< steps between recordings
  std::int64_t checkpoint_every = 0;  ///< steps between checkpoints; 0: none at all
  std::int64_t sample_every = 0;      ///< steps between samples; 0: none at all
  std::int64_t attention_every = 0;   ///< steps between recordings with attention patterns; 0: none at all
};

/// The plan in the parameters `steps`, `every`, `checkpoint_every` and, where there is one, `sample_every`,
/// with attention patterns at every, every second, every fourth, ... recording: 33 to 65 of a long run.
RunPlan run_plan(const Hyperparameters& parameters);

/// Throws DivergedError naming step and probe when a probe loss leaves ±`largest_loss`.
void check_finite(std::int64_t step, std::span<const double> losses);

/// Reads the probe losses, then the order parameters, which a diverged model has none of. Throws as
/// `check_finite`.
void read_experiment(Experiment& experiment, std::int64_t step, std::span<double> losses,
                     std::span<double> order);

/// One run of an experiment under an observer; both have to outlive it.
class Run {
 public:
  /// Nothing is recorded before `train` or `resume`.
  Run(Experiment& experiment, RunObserver& observer);

  /// Takes up an interrupted run at `step`, whose state the experiment has loaded: its recordings up to there
  /// go through the monitor and to the observer again, as they did the first time. Their losses are finite.
  void resume(std::int64_t step, std::span<const Recording> recordings);

  /// Trains up to step `plan.steps`, recording at the steps divisible by `every` (0 among them) and handing
  /// on samples at those divisible by `sample_every`, checkpoints at those divisible by `checkpoint_every`
  /// and at the end. Stops early, at the end of a
  /// step, once `stop` is set. Returns the last step reached. Throws DivergedError naming step and probe when
  /// a probe loss leaves ±`largest_loss`; what was recorded stands.
  std::int64_t train(const RunPlan& plan, const std::atomic<bool>& stop);

 private:
  /// An event that can be told only at the end, and all it will be told from.
  struct LateEvent {
    EventSpec spec;
    std::size_t column;
    std::vector<std::pair<std::int64_t, double>> history;  ///< step and order parameter
  };

  /// `with_attention` also asks for the attention patterns, if there are any.
  void record(bool with_attention);
  /// What follows from a recording, whether new or read back.
  void take(const Recording& recording);
  /// The events whose target is the order parameter's last value.
  void finish_late_events();
  void announce(std::size_t column, std::optional<Event> event);
  void checkpoint();
  /// All that is due at the present step.
  void leave_behind(const RunPlan& plan);

  Experiment& experiment_;
  RunObserver& observer_;
  Monitor monitor_;
  std::vector<std::string> order_names_;
  std::vector<std::pair<std::size_t, EventDetector>> detectors_;  ///< with the order parameter they watch
  std::vector<LateEvent> late_events_;
  std::vector<double> losses_, order_;  ///< of the newest recording
  std::int64_t step_ = 0;
  std::int64_t last_checkpoint_ = -1;
  bool resumed_ = false;
};

}  // namespace premelt
