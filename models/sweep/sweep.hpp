#pragma once
/// Many runs of one setting, with and without its events, reduced to what scoring needs.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/experiment/setting.hpp"
#include "models/sweep/lags.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/event_scores.hpp"
#include "rdm/scoring/scoring.hpp"

namespace premelt {

/// Trains up to step `last` and keeps what is recorded, without a monitor: statistics are read off the whole
/// afterwards. Throws DivergedError.
RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters, std::int64_t last);
/// The same up to the parameter `steps`.
RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters);

/// What a run of a sweep is for.
enum class Role { scored, calibration, control, trap };

/// One run of a sweep.
struct SweepTask {
  Role role;                   ///< what it is for
  std::uint64_t seed;          ///< of the run
  std::string event = {};      ///< the event whose twin is trained; empty for a scored run
  std::string trap = {};       ///< what the twin stumbles over; for a trap
  std::int64_t last = 0;       ///< the step up to which the run is trained
  std::int64_t trap_step = 0;  ///< when the trap springs

  /// "scored-200", "calibration-mode1-300", "trap-mode1-spike-400": the name of its file.
  std::string name() const;
};

/// One run of one event: when it happened, and the record of every detector over the event's segment.
struct SweepWatch {
  std::optional<std::int64_t> event_step;  ///< half-way point of the order parameter
  std::int64_t start = 0;                  ///< of the segment, before any window
  /// By W, then by name; as `rises` leaves them.
  std::map<std::size_t, std::map<std::string, Watch>> detectors = {};
  /// By W, then by definition of the event; of a scored run.
  std::map<std::size_t, std::map<std::string, Lag>> lags = {};
};

/// A finished run, small enough to keep: by event. A scored run holds all its events, a twin only its own.
using SweepRun = std::map<std::string, SweepWatch>;
/// All that scoring needs.
using FinishedRuns = std::vector<std::pair<SweepTask, SweepRun>>;

/// What is swept.
struct Sweep {
  const Setting* setting;            ///< outlives the sweep
  Hyperparameters parameters;        ///< but the seed
  std::vector<std::size_t> windows;  ///< W of each footing, in recordings
  std::uint64_t first_seed;          ///< scored
  std::uint64_t last_seed;           ///< scored, inclusive
  std::size_t controls;              ///< runs that calibrate each event, and as many that are scored
  bool traps = false;                ///< and as many of each trap
  bool ablate = false;               ///< also read parts of the probe set (models/probe_sets)
  bool whitened = false;             ///< also train a null replica of each run and whiten by it
};

/// Whether replicas of a run differ: a run without randomness is its own null, and whitening by it would be
/// in-sample.
bool has_replicas(const Setting& setting, const Hyperparameters& parameters);

/// The runs that are scored, trained through all `steps`. Throws UsageError when the setting has no event
/// with an event-free twin, there are no controls, or a window is shorter than 2 or longer than the run.
std::vector<SweepTask> scored_tasks(const Sweep& sweep);

/// The twins of each event that happened in `scored`, trained up to its median step. No two runs of a sweep
/// share a seed: those of the twins count on from the first multiple of 100 above the scored ones.
std::vector<SweepTask> twin_tasks(const Sweep& sweep, const FinishedRuns& scored);

/// Trains one task and reads every detector off its recordings. The segment of an event starts W recordings
/// after the event before it is 98 % complete (or with the first full window), and never before `burn_in`;
/// the event is absent when that never happens. It ends with the event, or where training does.
///
/// With `whitened` the covariance comes from a replica of the run's event-free twin, trained to the end: same
/// start and probes (those of a scored run to the label: EventSpec::null), other batches. Throws
/// DivergedError.
SweepRun sweep_run(const Sweep& sweep, const SweepTask& task);

/// The runs of one event for one window and detector, ready to be scored with a hold of 1. Scored runs
/// without the event are left out. Twins are watched up to the median step of the event.
WatchSet watch_set(const FinishedRuns& runs, const std::string& event, std::size_t window,
                   const std::string& detector);

/// Each trap's count for one event, window and detector, at a threshold; watched as the controls are.
std::map<std::string, TrapCount> trap_counts(const FinishedRuns& runs, const std::string& event,
                                             std::size_t window, const std::string& detector,
                                             double threshold);

}  // namespace premelt
