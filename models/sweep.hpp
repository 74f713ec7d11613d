#pragma once
/// Many runs of one setting, with and without its events, reduced to what scoring needs.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/setting.hpp"
#include "rdm/detectors.hpp"
#include "rdm/scoring.hpp"

namespace premelt {

/// Trains through `steps` and keeps what is recorded, without a monitor: statistics are read off the whole
/// afterwards. Throws DivergedError.
RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters);

/// What a run of a sweep is for.
enum class Role { scored, calibration, control };

/// One run of a sweep.
struct SweepTask {
  Role role;           ///< what it is for
  std::uint64_t seed;  ///< of the run
  std::string event;   ///< the event whose twin is trained; empty for a scored run

  /// "scored-200", "calibration-mode1-300": the name of its file.
  std::string name() const;
};

/// One run of one event: when it happened, and the record of every detector from the segment's start on.
struct SweepWatch {
  std::optional<std::int64_t> event_step;  ///< half-way point of the order parameter
  std::map<std::string, Watch> detectors;  ///< by name, as `rises` leaves them
};

/// A finished run, small enough to keep: by event. A scored run holds all its events, a twin only its own.
using SweepRun = std::map<std::string, SweepWatch>;

/// The tasks of a sweep: seeds first..last scored; for each event with a twin `controls` runs that calibrate
/// and as many that count false alarms, with the seeds from the first multiple of 100 above `last`. Throws
/// UsageError when the setting has no event with a twin, or there are no controls.
std::vector<SweepTask> sweep_tasks(const Setting& setting, const Hyperparameters& parameters,
                                   std::uint64_t first, std::uint64_t last, std::size_t controls);

/// Trains one task and reads every detector off its recordings. The segment of an event starts W recordings
/// after the event before it is 98 % complete (or with the first full window), and never before `burn_in`; it
/// is absent when that never happens. Throws DivergedError.
SweepRun sweep_run(const Setting& setting, Hyperparameters parameters, const SweepTask& task);

/// The runs of one event for one detector, ready to be scored with a hold of 1. Scored runs end with their
/// event; runs without it are left out. Twins are watched up to the median of those steps.
WatchSet watch_set(const std::vector<std::pair<SweepTask, SweepRun>>& runs, const std::string& event,
                   const std::string& detector);

}  // namespace premelt
