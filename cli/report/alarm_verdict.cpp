#include "cli/report/alarm_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "rdm/window/statistics.hpp"

namespace premelt::report {
namespace {

constexpr double dust_share = 1e-4;  // of the run's fall
constexpr double clear_rise = 10;    // the factor of the alarm rule's default

double value_at(const ReportData& data, const std::string& column, std::size_t row) {
  const std::size_t at = find_column(data.signals, column);
  return at < data.signals.columns.size() ? data.signals.values(row, at) : undefined;
}

double mean_loss(const ReportData& data, std::size_t recording) {
  return mean_of(data.losses.row(recording));
}

/// Highest minus lowest mean loss of the run's windows.
double run_fall(const ReportData& data) {
  double low = INFINITY, high = -INFINITY;
  for (std::size_t row = 0; row < row_count(data.signals); ++row) {
    const double mean = value_at(data, "mean_loss", row);
    if (!std::isfinite(mean)) continue;
    low = std::min(low, mean);
    high = std::max(high, mean);
  }
  return high > low ? high - low : undefined;
}

double median_detrended(const ReportData& data, std::size_t begin, std::size_t end) {
  std::vector<double> before;
  for (std::size_t row = begin; row < end; ++row) {
    const double value = value_at(data, "shc_detrended", row);
    if (std::isfinite(value)) before.push_back(value);
  }
  return before.empty() ? undefined : median(before);
}

std::string percent(double share) {
  return fmt::format("{:.2g} %", 100 * share);
}

std::string times(double ratio) {
  return ratio < 100 ? fmt::format("{:.2g}", ratio) : fmt::format("{:.0e}", ratio);
}

}  // namespace

bool AlarmVerdict::dust() const {
  return movement < dust_share;
}

bool AlarmVerdict::drift() const {
  return !dust() && detrended_rise < clear_rise;
}

std::string AlarmVerdict::kind() const {
  return dust() ? "dust" : drift() ? "mere drift" : "";
}

std::string AlarmVerdict::words() const {
  if (dust()) {
    return "dust: the losses change by " + percent(movement) + " of what the mean loss fell in the whole run";
  }
  std::string text;
  if (std::isfinite(fall))
    text = fmt::format("mean loss {} {} in the same window", fall >= 0 ? "fell" : "rose",
                       percent(std::abs(fall)));
  if (!std::isfinite(detrended_rise)) return text;
  if (!text.empty()) text += "; ";
  return text + (drift() ? "detrended flat (" + times(detrended_rise) + " times its median before): drift"
                         : "detrended SHC rose too, to " + times(detrended_rise) +
                               " times its median before: more than a slope");
}

AlarmVerdict judge_alarm(const ReportData& data, std::size_t row, std::size_t previous_row) {
  const double first = mean_loss(data, first_recording(data, row));
  const double last = mean_loss(data, last_recording(data, row));
  const auto probes = static_cast<double>(data.losses.shape()[1]);
  const std::size_t begin = std::max(previous_row, row_at(data, static_cast<double>(data.burn_in)));
  const std::size_t end = row > begin + data.window ? row - data.window : row;
  return {.fall = (first - last) / first,
          .detrended_rise =
              value_at(data, "shc_detrended", row) / median_detrended(data, std::min(begin, end), end),
          .movement = std::sqrt(value_at(data, "trace", row) / probes) / run_fall(data)};
}

}  // namespace premelt::report
