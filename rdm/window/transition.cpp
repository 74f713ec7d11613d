#include "rdm/window/transition.hpp"

#include <algorithm>
#include <limits>

namespace premelt {

namespace {

constexpr std::int64_t ever = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::vector<Transition> group_events(std::span<const Event> marks) {
  std::vector<Transition> found;
  for (const Event& mark : marks) {
    if (mark.kind != Event::Kind::event) continue;
    const EventName name = split_event_name(mark.name);
    auto at = std::ranges::find(found, name.event, &Transition::name);
    if (at == found.end()) at = found.insert(at, Transition{.name = name.event});
    (name.level == "10" ? at->at10 : name.level == "90" ? at->at90 : at->at50) = mark.step;
  }
  std::ranges::stable_sort(found, {}, [](const Transition& t) { return t.at50.value_or(never); });
  return found;
}

std::optional<std::int64_t> latest_alarm(std::span<const Event> marks, std::int64_t after,
                                         std::int64_t last) {
  std::optional<std::int64_t> latest;
  for (const Event& mark : marks) {
    const bool between = mark.step > after && mark.step <= last;
    if (mark.kind == Event::Kind::alarm && between && mark.step >= latest.value_or(mark.step))
      latest = mark.step;
  }
  return latest;
}

/// The row half-way between two steps.
std::size_t row_between(const RecordedRun& run, std::int64_t a, std::int64_t b) {
  return row_at(run, (static_cast<double>(a) + static_cast<double>(b)) / 2);
}

}  // namespace

EventName split_event_name(const std::string& name) {
  for (const std::string level : {"10", "50", "90"}) {
    if (name.ends_with("_" + level)) return {name.substr(0, name.size() - 3), level};
  }
  return {name, "50"};
}

std::optional<std::int64_t> Transition::lead() const {
  if (!alarm || !at50) return std::nullopt;
  return *at50 - *alarm;
}

std::vector<Transition> transitions(std::span<const Event> marks) {
  std::vector<Transition> all = group_events(marks);
  std::int64_t previous = ever;
  for (Transition& transition : all) {
    if (!transition.at50) break;
    transition.alarm = latest_alarm(marks, previous, *transition.at50);
    previous = *transition.at50;
  }
  return all;
}

std::vector<Transition> transitions(const RecordedRun& run) {
  std::vector<Transition> all = transitions(run.marks);
  for (std::size_t i = 0; i < all.size() && all[i].at50; ++i) {
    const std::int64_t here = *all[i].at50;
    const std::int64_t start = std::max(std::min(all[i].alarm.value_or(here), all[i].at10.value_or(here)),
                                        std::min(run.burn_in, here));
    const bool last = i + 1 == all.size() || !all[i + 1].at50;
    const std::size_t end = last ? row_count(run.signals) : row_between(run, here, *all[i + 1].at50);
    all[i].peak_row = highest_row(run, "shc", row_at(run, static_cast<double>(start)), end);
  }
  return all;
}

std::vector<AlarmPeak> alarm_peaks(const RecordedRun& run) {
  std::vector<AlarmPeak> all;
  for (const Event& mark : run.marks) {
    if (mark.kind == Event::Kind::alarm) all.push_back({mark, {}});
  }
  std::ranges::stable_sort(all, {}, [](const AlarmPeak& alarm) { return alarm.mark.step; });
  std::size_t end = row_count(run.signals);
  for (auto alarm = all.rbegin(); alarm != all.rend(); ++alarm) {
    const std::size_t begin = row_at(run, static_cast<double>(alarm->mark.step));
    alarm->peak_row = highest_row(run, "shc", begin, end);
    end = begin;
  }
  return all;
}

std::optional<std::size_t> main_row(const RecordedRun& run, const std::vector<Transition>& transitions,
                                    const std::vector<AlarmPeak>& alarms) {
  const std::size_t shc = find_column(run.signals, "shc");
  std::optional<std::size_t> best;
  const auto consider = [&](const std::optional<std::size_t>& row) {
    if (row && (!best || run.signals.values(*row, shc) > run.signals.values(*best, shc))) best = row;
  };
  for (const Transition& transition : transitions) consider(transition.peak_row);
  if (best) return best;
  for (const AlarmPeak& alarm : alarms) consider(alarm.peak_row);
  return best ? best : highest_row(run, "shc", 0, row_count(run.signals));
}

}  // namespace premelt
