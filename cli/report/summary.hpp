#pragma once
/// What the run shows in a few numbers: each transition, the alarm before it, and where the SHC was highest.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/report/probe_layout.hpp"
#include "cli/report/report_data.hpp"

namespace premelt::report {

/// The three levels of one event, e.g. `mode1_10`, `mode1_50`, `mode1_90`.
struct Transition {
  std::string name;
  std::optional<std::int64_t> at10, at50, at90;
  std::optional<std::int64_t> alarm;    ///< the latest one before `at50` and after the previous transition's
  std::optional<std::size_t> peak_row;  ///< row of signals where raw SHC is highest near this transition
  std::vector<double> mass;             ///< (blocks) of v1 there; empty without modes
};

/// In order of their 50 % steps. The SHC peak of a transition is sought from its alarm or its 10 % step,
/// whichever is earlier, but not before burn-in (so that the fast losses at the start of training do not hide
/// it), to half-way to the next transition.
std::vector<Transition> transitions(const ReportData& data, const ProbeLayout& layout);

/// An alarm with the highest raw SHC between it and the next alarm.
struct Alarm {
  Event mark;
  std::optional<std::size_t> peak_row;
  std::vector<double> mass;  ///< (blocks) of v1 there; empty without modes
};

/// In order of their steps.
std::vector<Alarm> alarms(const ReportData& data, const ProbeLayout& layout);

/// The row of signals that shows the run best: the highest SHC peak of a transition; without transitions, of
/// an alarm; without either, of the run. Nothing when no SHC is finite.
std::optional<std::size_t> main_row(const ReportData& data, const std::vector<Transition>& transitions,
                                    const std::vector<Alarm>& alarms);

/// "mode1_50" is level "50" of event "mode1"; a name without a level counts as 50.
struct EventName {
  std::string event;
  std::string level;
};
EventName split_event_name(const std::string& name);

/// The row of signals in [begin, end) where `column` is highest; nothing when no value there is finite.
std::optional<std::size_t> highest_row(const ReportData& data, const std::string& column, std::size_t begin,
                                       std::size_t end);

/// The first row of signals whose step is at least `step`; the number of rows when there is none.
std::size_t row_at(const ReportData& data, double step);

/// The step of a row of signals.
std::int64_t step_at(const ReportData& data, std::size_t row);

/// The row whose modes stand for a row of signals: its own, or the last that was due before it where
/// eigenvectors were computed at every k-th row only.
std::size_t mode_row(const ReportData& data, std::size_t row);

/// Share of each block in the top eigenvector at a row of signals: Σ v1_i² over its probes. Empty without
/// modes.
std::vector<double> block_mass(const ReportData& data, const ProbeLayout& layout, std::size_t row);

}  // namespace premelt::report
