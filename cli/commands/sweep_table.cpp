#include "cli/commands/sweep_table.hpp"

#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace premelt::cli {

namespace {

/// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

/// What a row's numbers do not say, as a sign before it.
const char* mark(const Score& s) {
  if (std::isnan(s.threshold)) return "?";
  return trustworthy(s) ? " " : "!";
}

constexpr const char* legend =
    "!: more false alarms than 5 % can explain; ?: undefined, no threshold from the development controls\n";

/// "24-26"
std::string range(const Interval& interval) {
  return formatted("%.0f-%.0f", interval.low, interval.high);
}

std::string full_rows(const EventScores& event) {
  std::string text =
      formatted("  %-24s %8s %6s %9s %6s %11s %11s %5s %5s %6s %6s\n", "detector", "detected", "false",
                "95 % int.", "lead", "quartiles", "band", "% h", "/ W", "AUC", "first");
  for (const DetectorScore& entry : event.detectors) {
    const Score& s = entry.score;
    if (std::isnan(s.threshold)) {
      text += formatted("? %s\n", entry.detector.c_str());
      continue;
    }
    text += formatted("%s %-24s %6.0f %% %4.0f %% %4.0f-%2.0f %% %6.0f %11s %11s %5.0f %5.1f %6.3f %6zu\n",
                      mark(s), entry.detector.c_str(), 100 * s.detection_rate, 100 * s.false_alarm_rate,
                      100 * s.false_alarm_interval.low, 100 * s.false_alarm_interval.high, s.median_lead,
                      range(s.lead_quartiles).c_str(), range(s.lead_band).c_str(), 100 * s.median_share,
                      s.median_lead / event.window_steps, s.auc, s.first_recording_alarms);
  }
  return text + legend +
         "lead: median in steps, a miss counts 0; band: of other development controls; % h: of the time from "
         "the segment's start;\n/ W: in windows; first: runs that alarm at the first recording that could\n";
}

/// A row a detector, a column a window, in the order of the first.
std::string side_by_side(const std::vector<EventScores>& windows) {
  std::string text = "median lead in steps, % detected / % false alarms\n";
  text += formatted("%-24s", "detector");
  for (const EventScores& event : windows)
    text += formatted(" %15s", ("W = " + std::to_string(event.window)).c_str());
  text += "\n";
  for (const DetectorScore& row : windows.front().detectors) {
    text += formatted("%-24s", row.detector.c_str());
    for (const EventScores& event : windows) {
      const DetectorScore* entry = find_detector(event, row.detector);
      if (entry == nullptr || std::isnan(entry->score.threshold)) {
        text += formatted(" %15s", entry == nullptr ? "-" : "?");
        continue;
      }
      const Score& s = entry->score;
      text += formatted(" %5.0f %3.0f/%3.0f %s", s.median_lead, 100 * s.detection_rate,
                        100 * s.false_alarm_rate, mark(s));
    }
    text += "\n";
  }
  return text + legend;
}

std::string trap_rows(const EventScores& event) {
  if (event.detectors.front().traps.empty()) return "";
  std::string text =
      formatted("alarms on event-free runs with a trap, W = %zu\n%-24s", event.window, "detector");
  for (const auto& [trap, count] : event.detectors.front().traps) text += formatted(" %18s", trap.c_str());
  text += "\n";
  for (const DetectorScore& row : event.detectors) {
    text += formatted("%-24s", row.detector.c_str());
    for (const auto& [trap, count] : row.traps)
      text +=
          formatted(" %18s", (std::to_string(count.alarms) + " of " + std::to_string(count.runs)).c_str());
    text += "\n";
  }
  return text;
}

std::string lag_rows(const EventScores& event) {
  std::string text;
  for (const auto& [definition, lag] : event.lags)
    text += formatted(
        "SHC's peak, W = %zu, to %-14s %7.0f steps (median); first in %3.0f %%, by chance %3.0f %%\n",
        event.window, (definition + ":").c_str(), std::round(lag.median) + 0.0, 100 * lag.first,
        100 * lag.chance);
  return text;
}

}  // namespace

std::string score_table(const std::vector<EventScores>& windows) {
  const EventScores& event = windows.front();
  std::string text =
      formatted("%s: happened in %zu of %zu runs", event.event.c_str(), event.seeds.size(), event.scored);
  text += event.seeds.empty() ? "\n" : formatted(", median step %.0f\n", event.median_step);
  if (event.pairs_left_out > 0)
    text += formatted("%zu of %zu pairs left out: their control was watched for less than the run\n",
                      event.pairs_left_out, event.seeds.size() * event.controls);
  if (!event.detectors.empty()) {
    text += windows.size() == 1 ? full_rows(event) : side_by_side(windows);
    text += trap_rows(event);
    for (const EventScores& seen : windows)
      text += formatted(
          "first to move, W = %zu: SHC %.0f %%, PR %.0f %%, together %.0f %%, neither %.0f %%\n", seen.window,
          100 * seen.first.shc, 100 * seen.first.pr, 100 * seen.first.together, 100 * seen.first.neither);
  }
  for (const EventScores& seen : windows) text += lag_rows(seen);
  return text;
}

}  // namespace premelt::cli
