#include "models/sweep/segments.hpp"

#include <algorithm>

#include "rdm/window/event.hpp"

namespace premelt {

namespace {

std::size_t order_index(const Experiment& experiment, const EventSpec& spec) {
  const std::vector<std::string> names = experiment.order_names();
  return static_cast<std::size_t>(std::ranges::find(names, spec.order) - names.begin());
}

/// What an order parameter is to reach, when that is known or the run has got there.
std::optional<double> target_of(const EventSpec& spec, const std::vector<double>& order) {
  if (!spec.of_final_value) return spec.target;
  return order.back() >= spec.target ? std::optional(order.back()) : std::nullopt;
}

/// The first recorded step at or after `step`: times since the start are then the same in all runs.
std::int64_t recorded_from(const RunTrace& run, std::int64_t step) {
  const std::size_t t = recording_at(run, step);
  return t < run.steps.size() ? run.steps[t] : step;
}

}  // namespace

std::optional<std::int64_t> reached(const RunTrace& run, std::size_t order, double fraction,
                                    const EventSpec& spec) {
  const std::optional<double> target = target_of(spec, run.order[order]);
  if (!target) return std::nullopt;
  EventDetector detector("event", fraction * *target);
  for (std::size_t t = 0; t < run.steps.size(); ++t) {
    if (const auto event = detector.push(run.steps[t], run.order[order][t])) return event->step;
  }
  const auto event = detector.finish();
  return event ? std::optional(event->step) : std::nullopt;
}

std::vector<Segment> segments_of(const RunTrace& run, const Experiment& experiment,
                                 const Hyperparameters& parameters) {
  std::vector<Segment> segments;
  std::optional<std::int64_t> start = parameters.integer("burn_in");
  for (const EventSpec& spec : experiment.events()) {
    if (!start) break;
    const std::size_t order = order_index(experiment, spec);
    segments.push_back(
        {spec, order, recorded_from(run, *start), segments.empty(), reached(run, order, 0.5, spec)});
    start = reached(run, order, 0.98, spec);
    if (start) start = std::max(*start, parameters.integer("burn_in"));
  }
  return segments;
}

const Segment* find_segment(const std::vector<Segment>& segments, const std::string& event) {
  const auto found = std::ranges::find(segments, event, [](const Segment& s) { return s.spec.name; });
  return found == segments.end() ? nullptr : &*found;
}

std::size_t recording_at(const RunTrace& run, std::int64_t step) {
  return static_cast<std::size_t>(std::ranges::lower_bound(run.steps, step) - run.steps.begin());
}

}  // namespace premelt
