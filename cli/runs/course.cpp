#include "cli/runs/course.hpp"

#include <algorithm>

namespace premelt::cli {

namespace {

constexpr std::size_t signal_rows = 2, most_orders = 4;

/// The first event of each order parameter, of the first few.
std::vector<EventSpec> shown_events(const Experiment& experiment) {
  std::vector<EventSpec> shown;
  for (const EventSpec& spec : experiment.events()) {
    const bool known = std::ranges::find(shown, spec.order, &EventSpec::order) != shown.end();
    if (!known && shown.size() < most_orders) shown.push_back(spec);
  }
  return shown;
}

std::vector<std::size_t> shown_columns(const Experiment& experiment) {
  const std::vector<std::string> names = experiment.order_names();
  std::vector<std::size_t> columns;
  for (const EventSpec& spec : shown_events(experiment))
    columns.push_back(static_cast<std::size_t>(std::ranges::find(names, spec.order) - names.begin()));
  return columns;
}

std::vector<Sparklines::Row> rows(const Experiment& experiment) {
  std::vector<Sparklines::Row> rows{{.name = "log SHC", .logarithmic = true}, {.name = "PR", .low = 1}};
  for (const EventSpec& spec : shown_events(experiment))
    rows.push_back({.name = spec.order, .low = 0, .high = spec.target});
  return rows;
}

}  // namespace

Course::Course(const Experiment& experiment, std::int64_t steps)
    : order_(shown_columns(experiment)), sparklines_(rows(experiment), steps, ask_terminal()) {}

void Course::recorded(const Recording& recording) {
  for (std::size_t i = 0; i < order_.size(); ++i)
    sparklines_.push(signal_rows + i, recording.step, recording.order[order_[i]]);
}

void Course::observed(std::int64_t step, double shc, double pr) {
  sparklines_.push(0, step, shc);
  sparklines_.push(1, step, pr);
}

void Course::happened(const Event& event) {
  if (event.kind == Event::Kind::alarm) {
    sparklines_.mark_alarm(event.step);
  } else if (event.name.ends_with("_50")) {
    sparklines_.mark_event(event.step);
  }
}

}  // namespace premelt::cli
