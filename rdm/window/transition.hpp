#pragma once
/// What a run shows in a few numbers: each transition, the alarm before it, and where the SHC was highest.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rdm/window/recorded_run.hpp"

namespace premelt {

/// "mode1_50" is level "50" of event "mode1"; a name without a level counts as 50.
struct EventName {
  std::string event;  ///< "mode1"
  std::string level;  ///< "10", "50" or "90"
};
/// The two parts of an event's name.
EventName split_event_name(const std::string& name);

/// The three levels of one event, e.g. `mode1_10`, `mode1_50`, `mode1_90`.
struct Transition {
  std::string name;                        ///< "mode1"
  std::optional<std::int64_t> at10 = {};   ///< step
  std::optional<std::int64_t> at50 = {};   ///< step: half-way
  std::optional<std::int64_t> at90 = {};   ///< step
  std::optional<std::int64_t> alarm = {};  ///< the latest one up to `at50`, after the previous half-way
  std::optional<std::size_t> peak_row = std::nullopt;  ///< row of signals where raw SHC is highest near it

  /// Steps from the alarm to half-way, where there is an alarm.
  std::optional<std::int64_t> lead() const;
};

/// In order of their 50 % steps, those without one last. An event's alarm is the latest between the event
/// before it and its own half-way step. Without peaks.
std::vector<Transition> transitions(std::span<const Event> marks);

/// The same with their peaks: the SHC peak of a transition is sought from its alarm or its 10 % step,
/// whichever is earlier, but not before burn-in (so that the fast losses at the start of training do not hide
/// it), to half-way to the next transition.
std::vector<Transition> transitions(const RecordedRun& run);

/// An alarm with the highest raw SHC between it and the next alarm.
struct AlarmPeak {
  Event mark;                           ///< the alarm
  std::optional<std::size_t> peak_row;  ///< of signals
};

/// In order of their steps.
std::vector<AlarmPeak> alarm_peaks(const RecordedRun& run);

/// The row of signals that shows a run best: the highest SHC peak of a transition; without transitions, of an
/// alarm; without either, of the run. Nothing when no SHC is finite.
std::optional<std::size_t> main_row(const RecordedRun& run, const std::vector<Transition>& transitions,
                                    const std::vector<AlarmPeak>& alarms);

}  // namespace premelt
