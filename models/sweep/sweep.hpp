#pragma once
/// One run of a sweep, reduced to what scoring needs.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/experiment/setting.hpp"
#include "models/sweep/lags.hpp"
#include "models/sweep/tasks.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/watched.hpp"
#include "rdm/scoring/weight_path.hpp"

namespace premelt {

/// Trains up to step `last`, or until what is recorded is `enough` (asked now and then; absent: never), and
/// keeps it, without a monitor: statistics are read off the whole afterwards. Throws DivergedError.
RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters, std::int64_t last,
                    const Measures& measures = {}, const std::function<bool(const RunTrace&)>& enough = {});
/// The same up to the parameter `steps`.
RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters);

/// One event in one run: when it happened, and every detector over the event's segment.
struct SweptEvent {
  std::optional<std::int64_t> event_step;  ///< half-way point of the order parameter
  std::int64_t start = 0;                  ///< of the segment, before any window
  /// By W, then by name. A run with the event is watched up to it, a control to the sweep's horizon or the
  /// end of its training, a trap as long as the run with the event of the same seed.
  std::map<std::size_t, std::map<std::string, Rises>> detectors = {};
  /// By W, as long as the detectors: for `first_passage`, whose level other tasks tell. Empty without
  /// weights.
  std::map<std::size_t, WeightPath> weight_paths = {};
  /// By W, then by definition of the event; of a held-out run.
  std::map<std::size_t, std::map<std::string, Lag>> lags = {};
};

/// A finished run, small enough to keep: by event. A run with events holds them all, a twin only its own.
using SweepRun = std::map<std::string, SweptEvent>;
/// All that scoring needs.
using FinishedRuns = std::vector<std::pair<SweepTask, SweepRun>>;

/// Trains one task, through all `steps` or a twin as far as the sweep's horizon asks, and reads every
/// detector off its recordings, by the same rules for runs and controls. Detectors are read from W recordings
/// after the start of the event's segment (of the first event: from the first full window) and never before
/// `burn_in`; the event is absent when its segment is never reached.
///
/// A trap first trains the run with the event of its own seed, to spring half-way between there and the
/// event; where that run has no event, nothing is kept of the trap.
///
/// With `whitened` the covariance comes from a replica of the run's event-free twin, trained to the end: same
/// start and probes (those of a run with the event to the label: EventSpec::null), other batches. Throws
/// DivergedError.
SweepRun sweep_run(const Sweep& sweep, const SweepTask& task);

/// Leaves a detector from outside out of all runs when it failed in one: scored on the others, it would not
/// have been asked the same. Returns the names of those.
std::vector<std::string> leave_out_failed(FinishedRuns& runs, const std::vector<OutsideReader>& outside);

/// Detectors of the table that no run has a column of: what they read was not recorded. None where there is
/// no column at all.
std::vector<std::string> not_available(const FinishedRuns& runs);

}  // namespace premelt
