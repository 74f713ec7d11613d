#include "cli/report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/report/lines.hpp"

namespace premelt::report {
namespace {

std::vector<Transition> group_events(const ReportData& data) {
  std::vector<Transition> found;
  for (const Event& mark : data.marks) {
    if (mark.kind != Event::Kind::event) continue;
    const EventName name = split_event_name(mark.name);
    auto at =
        std::find_if(found.begin(), found.end(), [&](const Transition& t) { return t.name == name.event; });
    if (at == found.end()) at = found.insert(at, Transition{name.event, {}, {}, {}, {}, {}, {}});
    (name.level == "10" ? at->at10 : name.level == "90" ? at->at90 : at->at50) = mark.step;
  }
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  std::stable_sort(found.begin(), found.end(), [](const Transition& a, const Transition& b) {
    return a.at50.value_or(never) < b.at50.value_or(never);
  });
  return found;
}

std::optional<std::int64_t> latest_alarm(const ReportData& data, std::int64_t after, std::int64_t before) {
  std::optional<std::int64_t> latest;
  for (const Event& mark : data.marks) {
    const bool between = mark.step > after && mark.step <= before;
    if (mark.kind == Event::Kind::alarm && between && mark.step >= latest.value_or(mark.step))
      latest = mark.step;
  }
  return latest;
}

/// The row half-way between two steps.
std::size_t row_between(const ReportData& data, std::int64_t a, std::int64_t b) {
  return row_at(data, (static_cast<double>(a) + static_cast<double>(b)) / 2);
}

}  // namespace

std::vector<Transition> transitions(const ReportData& data, const ProbeLayout& layout) {
  std::vector<Transition> all = group_events(data);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].at50) break;
    const std::int64_t here = *all[i].at50;
    all[i].alarm =
        latest_alarm(data, i == 0 ? std::numeric_limits<std::int64_t>::min() : *all[i - 1].at50, here);
    const std::int64_t start = std::max(std::min(all[i].alarm.value_or(here), all[i].at10.value_or(here)),
                                        std::min(data.burn_in, here));
    const bool last = i + 1 == all.size() || !all[i + 1].at50;
    const std::size_t end = last ? row_count(data.signals) : row_between(data, here, *all[i + 1].at50);
    all[i].peak_row = highest_row(data, "shc", row_at(data, static_cast<double>(start)), end);
    if (all[i].peak_row) all[i].mass = block_mass(data, layout, *all[i].peak_row);
  }
  return all;
}

std::vector<Alarm> alarms(const ReportData& data, const ProbeLayout& layout) {
  std::vector<Alarm> all;
  for (const Event& mark : data.marks) {
    if (mark.kind == Event::Kind::alarm) all.push_back({mark, {}, {}});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Alarm& a, const Alarm& b) { return a.mark.step < b.mark.step; });
  std::size_t end = row_count(data.signals);
  for (auto alarm = all.rbegin(); alarm != all.rend(); ++alarm) {
    const std::size_t begin = row_at(data, static_cast<double>(alarm->mark.step));
    alarm->peak_row = highest_row(data, "shc", begin, end);
    if (alarm->peak_row) alarm->mass = block_mass(data, layout, *alarm->peak_row);
    end = begin;
  }
  return all;
}

std::optional<std::size_t> main_row(const ReportData& data, const std::vector<Transition>& transitions,
                                    const std::vector<Alarm>& alarms) {
  const std::size_t shc = find_column(data.signals, "shc");
  std::optional<std::size_t> best;
  const auto consider = [&](const std::optional<std::size_t>& row) {
    if (row && (!best || data.signals.values(*row, shc) > data.signals.values(*best, shc))) best = row;
  };
  for (const Transition& transition : transitions) consider(transition.peak_row);
  if (best) return best;
  for (const Alarm& alarm : alarms) consider(alarm.peak_row);
  return best ? best : highest_row(data, "shc", 0, row_count(data.signals));
}

EventName split_event_name(const std::string& name) {
  for (const std::string level : {"10", "50", "90"}) {
    if (name.ends_with("_" + level)) return {name.substr(0, name.size() - 3), level};
  }
  return {name, "50"};
}

std::optional<std::size_t> highest_row(const ReportData& data, const std::string& column, std::size_t begin,
                                       std::size_t end) {
  const std::size_t at = find_column(data.signals, column);
  std::optional<std::size_t> highest;
  if (at == data.signals.columns.size()) return highest;
  for (std::size_t row = begin; row < end; ++row) {
    const double value = data.signals.values(row, at);
    if (std::isfinite(value) && (!highest || value > data.signals.values(*highest, at))) highest = row;
  }
  return highest;
}

std::size_t row_at(const ReportData& data, double step) {
  const std::size_t column = find_column(data.signals, "step"), rows = row_count(data.signals);
  std::size_t row = 0;
  while (row < rows && data.signals.values(row, column) < step) ++row;
  return row;
}

std::int64_t step_at(const ReportData& data, std::size_t row) {
  return std::llround(data.signals.values(row, find_column(data.signals, "step")));
}

std::size_t mode_row(const ReportData& data, std::size_t row) {
  return std::isnan(data.modes(row, 0, 0)) ? row - row % data.modes_every : row;
}

std::vector<double> block_mass(const ReportData& data, const ProbeLayout& layout, std::size_t row) {
  if (data.modes.empty()) return {};
  const std::size_t at = mode_row(data, row);
  std::vector<double> mode;
  for (std::size_t probe = 0; probe < layout.block_of.size(); ++probe)
    mode.push_back(data.modes(at, 0, probe));
  return mode_shares(mode, layout.partition());
}

}  // namespace premelt::report
