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

/// What a row's numbers do not say.
const char* remark(const Score& s) {
  if (std::isnan(s.threshold)) return "  no threshold: undefined in calibration";
  return trustworthy(s) ? "" : "  above 5 %";
}

std::string full_rows(const EventScores& event) {
  std::string text = formatted("%-24s %9s %15s %9s %8s %14s %6s\n", "detector", "detected", "false alarms",
                               "95 % int.", "lead", "quartiles", "AUC");
  for (const DetectorScore& entry : event.detectors) {
    const Score& s = entry.score;
    text += formatted("%-24s %7.0f %% %13.0f %% %4.0f-%2.0f %% %8.0f %6.0f-%-7.0f %6.3f%s\n",
                      entry.detector.c_str(), 100 * s.detection_rate, 100 * s.false_alarm_rate,
                      100 * s.false_alarm_interval.low, 100 * s.false_alarm_interval.high, s.median_lead,
                      s.lead_quartiles.low, s.lead_quartiles.high, s.auc, remark(s));
  }
  return text;
}

/// A row a detector, a column a window, in the order of the first.
std::string side_by_side(const std::vector<EventScores>& windows) {
  std::string text =
      "median lead in steps, % detected / % false alarms (!: more than 5 % can explain; ?: undefined in "
      "calibration)\n";
  text += formatted("%-24s", "detector");
  for (const EventScores& event : windows)
    text += formatted(" %15s", ("W = " + std::to_string(event.window)).c_str());
  text += "\n";
  for (const DetectorScore& row : windows.front().detectors) {
    text += formatted("%-24s", row.detector.c_str());
    for (const EventScores& event : windows) {
      const DetectorScore* entry = find_detector(event, row.detector);
      if (entry == nullptr) {
        text += formatted(" %15s", "-");
        continue;
      }
      const Score& s = entry->score;
      text +=
          formatted(" %5.0f %3.0f/%3.0f %s", s.median_lead, 100 * s.detection_rate, 100 * s.false_alarm_rate,
                    std::isnan(s.threshold) ? "?"
                    : trustworthy(s)        ? " "
                                            : "!");
    }
    text += "\n";
  }
  return text;
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
