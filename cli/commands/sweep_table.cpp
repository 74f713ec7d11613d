#include "cli/commands/sweep_table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace premelt::cli {

namespace {

/// What a row's numbers do not say, as a sign before it.
const char* mark(const Score& s) {
  if (std::isnan(s.threshold)) return "?";
  return trustworthy(s) ? " " : "!";
}

constexpr const char* legend =
    "!: more false alarms than 5 % can explain; ?: undefined, no threshold from the development controls\n";

/// "24-26"
std::string range(const Interval& interval) {
  return fmt::format("{:.0f}-{:.0f}", interval.low, interval.high);
}

std::string full_rows(const EventScores& event) {
  std::string text = fmt::format(
      "  {:<24} {:>8} {:>6} {:>9} {:>6} {:>11} {:>11} {:>5} {:>5} {:>6} {:>6} {:>7}\n", "detector",
      "detected", "false", "95 % int.", "lead", "quartiles", "band", "% h", "/ W", "AUC", "first", "cost");
  for (const DetectorScore& entry : event.detectors) {
    const Score& s = entry.score;
    if (std::isnan(s.threshold)) {
      text += fmt::format("? {}\n", entry.detector);
      continue;
    }
    text += fmt::format(
        "{} {:<24} {:6.0f} % {:4.0f} % {:4.0f}-{:2.0f} % {:6.0f} {:>11} {:>11} {:5.0f} {:5.1f} {:6.3f} "
        "{:6} {:7.2g}\n",
        mark(s), entry.detector, 100 * s.detection_rate, 100 * s.false_alarm_rate,
        100 * s.false_alarm_interval.low, 100 * s.false_alarm_interval.high, s.median_lead,
        range(s.lead_quartiles), range(s.lead_band), 100 * s.median_share, s.median_lead / event.window_steps,
        s.auc, s.first_recording_alarms, entry.cost_in_steps);
  }
  return text + legend +
         "lead: median in steps, a miss counts 0; band: of other development controls; % h: of the time from "
         "the segment's start;\n/ W: in windows; first: runs that alarm at the first recording that could; "
         "cost: of a recording, in training steps\n";
}

/// A row a detector, a column a window, in the order of the first.
std::string side_by_side(const std::vector<EventScores>& windows) {
  std::string text = "median lead in steps, % detected / % false alarms\n";
  text += fmt::format("{:<24}", "detector");
  for (const EventScores& event : windows)
    text += fmt::format(" {:>15}", ("W = " + std::to_string(event.window)));
  text += "\n";
  for (const DetectorScore& row : windows.front().detectors) {
    text += fmt::format("{:<24}", row.detector);
    for (const EventScores& event : windows) {
      const DetectorScore* entry = find_detector(event, row.detector);
      if (entry == nullptr || std::isnan(entry->score.threshold)) {
        text += fmt::format(" {:>15}", entry == nullptr ? "-" : "?");
        continue;
      }
      const Score& s = entry->score;
      text += fmt::format(" {:5.0f} {:3.0f}/{:3.0f} {}", s.median_lead, 100 * s.detection_rate,
                          100 * s.false_alarm_rate, mark(s));
    }
    text += "\n";
  }
  return text + legend;
}

std::string trap_rows(const EventScores& event) {
  if (event.detectors.front().traps.empty()) return "";
  std::string text =
      fmt::format("alarms on event-free runs with a trap, W = {}\n{:<24}", event.window, "detector");
  for (const auto& [trap, count] : event.detectors.front().traps) text += fmt::format(" {:>18}", trap);
  text += "\n";
  for (const DetectorScore& row : event.detectors) {
    text += fmt::format("{:<24}", row.detector);
    for (const auto& [trap, count] : row.traps)
      text += fmt::format(" {:>18}", (std::to_string(count.alarms) + " of " + std::to_string(count.runs)));
    text += "\n";
  }
  return text;
}

std::string lag_rows(const EventScores& event) {
  std::string text;
  for (const auto& [definition, lag] : event.lags)
    text += fmt::format(
        "SHC's peak, W = {}, to {:<14} {:7.0f} steps (median); first in {:3.0f} %, by chance {:3.0f} %\n",
        event.window, (definition + ":"), std::round(lag.median) + 0.0, 100 * lag.first, 100 * lag.chance);
  return text;
}

}  // namespace

std::string score_table(const std::vector<EventScores>& windows) {
  const EventScores& event = windows.front();
  std::string text =
      fmt::format("{}: happened in {} of {} runs", event.event, event.seeds.size(), event.scored);
  text += event.seeds.empty() ? "\n" : fmt::format(", median step {:.0f}\n", event.median_step);
  if (event.pairs_left_out > 0)
    text += fmt::format("{} of {} pairs left out: their control was watched for less than the run\n",
                        event.pairs_left_out, event.seeds.size() * event.controls);
  if (!event.detectors.empty()) {
    text += windows.size() == 1 ? full_rows(event) : side_by_side(windows);
    text += trap_rows(event);
    for (const EventScores& seen : windows)
      text += fmt::format(
          "first to move, W = {}: SHC {:.0f} %, PR {:.0f} %, together {:.0f} %, neither {:.0f} %\n",
          seen.window, 100 * seen.first.shc, 100 * seen.first.pr, 100 * seen.first.together,
          100 * seen.first.neither);
  }
  for (const EventScores& seen : windows) text += lag_rows(seen);
  return text;
}

}  // namespace premelt::cli
