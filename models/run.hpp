#pragma once
/// The training loop that every command shares: step, record, monitor, detect events.

#include <atomic>
#include <cstdint>
#include <span>

#include "models/setting.hpp"
#include "rdm/event.hpp"
#include "rdm/monitor.hpp"

namespace premelt {

/// Hears what happens in a run, in this order at each recording.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// The recording itself: losses (n) and order parameters.
  virtual void recorded(std::int64_t step, std::span<const double> losses, std::span<const double> order) = 0;
  /// The signals, from the first full window on.
  virtual void observed(const Observation& observation) = 0;
  /// An alarm, or an event once it is certain.
  virtual void happened(const Event& event) = 0;
};

/// Trains for `steps` steps, recording before the first and after every `every`-th: steps/every + 1
/// recordings. Stops early, at the end of a step, once `stop` is set. Returns the last step reached. Throws
/// DivergedError naming step and probe when a probe loss leaves ±`largest_loss`; what was recorded stands.
std::int64_t run(Experiment& experiment, std::int64_t steps, std::int64_t every, RunObserver& observer,
                 const std::atomic<bool>& stop);

}  // namespace premelt
