#include "cli/report/frames.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "rdm/window/stored_window.hpp"

namespace premelt::report {
namespace {

constexpr std::size_t max_named_stops = 60;  // the others show the run at an even pace

/// Stops by row; a row that is several things at once carries all their names.
class NamedStops {
 public:
  explicit NamedStops(std::size_t rows) : rows_(rows) {}

  void add(std::optional<std::size_t> row, const std::string& label) {
    if (!row || *row >= rows_) return;
    const auto found = labels_.find(*row);
    if (found != labels_.end()) {
      found->second += " · " + label;
    } else if (labels_.size() < max_named_stops) {
      labels_.emplace(*row, label);
    }
  }

  std::map<std::size_t, std::string> labels() const { return labels_; }

 private:
  std::size_t rows_;
  std::map<std::size_t, std::string> labels_;
};

void add_peaks(const ReportData& data, const std::vector<Transition>& transitions,
               const std::vector<AlarmPeak>& alarms, NamedStops& stops) {
  for (const Transition& transition : transitions)
    stops.add(transition.peak_row, "SHC peak " + transition.name);
  if (transitions.empty()) {
    for (const AlarmPeak& alarm : alarms) stops.add(alarm.peak_row, "SHC peak");
  }
  const std::size_t rows = row_count(data.signals);
  stops.add(highest_row(data, "shc", 0, rows), "highest SHC");
  stops.add(highest_row(data, "shc_detrended", 0, rows), "highest detrended SHC");
}

void add_events(const ReportData& data, NamedStops& stops) {
  for (const Event& mark : data.marks) {
    if (mark.kind != Event::Kind::event) continue;
    const auto [event, level] = split_event_name(mark.name);
    stops.add(row_at(data, static_cast<double>(mark.step)), event + " " + level + " %");
  }
}

}  // namespace

std::vector<Stop> slider_stops(const ReportData& data, const std::vector<Transition>& transitions,
                               const std::vector<AlarmPeak>& alarms) {
  const std::size_t rows = row_count(data.signals);
  NamedStops named(rows);
  add_peaks(data, transitions, alarms, named);
  for (const AlarmPeak& alarm : alarms)
    named.add(row_at(data, static_cast<double>(alarm.mark.step)), "alarm");
  add_events(data, named);

  std::map<std::size_t, std::string> stops = named.labels();
  const std::size_t even = std::min(rows, max_frames - stops.size());
  for (std::size_t i = 0; i < even; ++i) stops.emplace(even == 1 ? 0 : i * (rows - 1) / (even - 1), "");

  std::vector<Stop> list;
  for (const auto& [row, label] : stops) list.push_back({row, label});
  return list;
}

Frame make_frame(const ReportData& data, const ProbeLayout& layout, std::size_t row) {
  const std::size_t last = last_recording(data, row);
  return {
      .first = data.steps(last + 1 - data.window),
      .step = data.steps(last),
      .covariance = window_covariance(data.losses, last, data.window, layout.groups()),
      .mode = data.modes.empty() ? std::vector<double>{} : group_means(top_mode(data, row), layout.groups()),
      .mass = top_mode_shares(data, row, layout.partition())};
}

}  // namespace premelt::report
