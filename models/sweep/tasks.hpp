#pragma once
/// What a sweep consists of: runs that know nothing of each other.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/experiment/measuring.hpp"
#include "models/experiment/setting.hpp"
#include "models/sweep/outside.hpp"

namespace premelt {

/// What a run of a sweep is for, and in which half.
enum class Role { development_run, development_control, held_out_run, held_out_control, trap };

/// One run of a sweep. What it gives depends on the sweep and on this alone.
struct SweepTask {
  Role role;               ///< what it is for
  std::uint64_t seed;      ///< of the run
  std::string event = {};  ///< the event whose twin is trained; empty for a run with all events
  std::string trap = {};   ///< what the twin stumbles over; for a trap

  bool of_events() const { return event.empty(); }  ///< a run with all events
  /// "held-out-200", "development-control-mode1-2000200", "trap-mode1-spike-10000200": the name of its file.
  std::string name() const;
};

/// What is swept.
struct Sweep {
  const Setting* setting;            ///< outlives the sweep
  Hyperparameters parameters;        ///< but the seed
  std::vector<std::size_t> windows;  ///< W of each footing, in recordings
  std::uint64_t first_seed;          ///< of the held-out runs
  std::uint64_t last_seed;           ///< of the held-out runs, inclusive
  std::size_t controls;              ///< of each event, in each half
  /// The longest wait for an event, in steps from its segment's start: one that comes later counts as none,
  /// and no twin is watched for longer. Absent: to the end of the run.
  std::optional<std::int64_t> horizon = {};
  bool traps = false;                       ///< and as many of each trap
  bool ablate = false;                      ///< also read parts of the probe set (models/probe_sets)
  Measures measures = {};                   ///< also recorded of each run
  std::vector<OutsideReader> outside = {};  ///< detectors beyond those of the table
  bool whitened = false;                    ///< also train a null replica of each run and whiten by it

  /// The window whose verdict is fixed beforehand: the setting's own, or the first when that is not read.
  std::size_t primary_window() const;
};

/// All runs: the held-out ones with the seeds asked for, as many for development, and for each event with an
/// event-free twin as many controls in each half as asked for, and in each trap. Every family's seeds count
/// on from the first held-out seed plus a million times its number, so that no two runs share a seed, more
/// runs or controls leave the others as they were, and nobody meets the seeds of development by asking for
/// small ones. Throws UsageError when the setting has no event with an event-free twin, there are no
/// controls, or a window is shorter than 2 or longer than the run or the horizon.
std::vector<SweepTask> sweep_tasks(const Sweep& sweep);

/// Task number `index`, `index + count`, ...: the share of one of `count` workers.
std::vector<SweepTask> shard(const std::vector<SweepTask>& tasks, std::size_t index, std::size_t count);

/// Whether replicas of a run differ: a run without randomness is its own null, and whitening by it would be
/// in-sample.
bool has_replicas(const Setting& setting, const Hyperparameters& parameters);

}  // namespace premelt
