#include "models/sweep.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/error.hpp"
#include "models/run.hpp"
#include "rdm/statistics.hpp"

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

/// The step at which a series reaches a fraction of its target and stays there, if it does.
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

/// One series from `start` on.
Watch watch_from(const DetectorSeries& series, const std::vector<double>& values, std::int64_t start) {
  const auto first = std::ranges::lower_bound(series.steps, start) - series.steps.begin();
  return {{series.steps.begin() + first, series.steps.end()},
          {values.begin() + first, values.end()},
          series.steps.back()};
}

/// All detectors and the oracle, the order parameter itself, from `start` on.
SweepWatch watch_all(const DetectorSeries& series, const std::vector<double>& order, std::int64_t start,
                     std::size_t hold) {
  SweepWatch result;
  for (std::size_t d = 0; d < series.names.size(); ++d)
    result.detectors[series.names[d]] = rises(watch_from(series, series.columns[d], start), hold);
  const auto missing = static_cast<std::ptrdiff_t>(order.size() - series.steps.size());
  result.detectors["oracle"] = rises(watch_from(series, {order.begin() + missing, order.end()}, start), hold);
  return result;
}

/// Up to its new end.
Watch cut(Watch watch, std::int64_t end) {
  const auto keep = std::ranges::upper_bound(watch.steps, end) - watch.steps.begin();
  watch.steps.resize(static_cast<std::size_t>(keep));
  watch.values.resize(static_cast<std::size_t>(keep));
  watch.end = end;
  return watch;
}

const EventSpec* find_event(const std::vector<EventSpec>& events, const std::string& name) {
  const auto found = std::ranges::find(events, name, &EventSpec::name);
  return found == events.end() ? nullptr : &*found;
}

}  // namespace

RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters) {
  const std::int64_t steps = parameters.integer("steps"), every = parameters.integer("every");
  RunTrace trace;
  trace.losses =
      Tensor<double>(Shape{static_cast<std::size_t>(steps / every + 1), experiment.probe_blocks().size()});
  trace.order.resize(experiment.order_names().size());
  std::vector<double> order(trace.order.size());
  for (std::int64_t step = 0; step <= steps; ++step) {
    if (step > 0) experiment.step();
    if (step % every != 0) continue;
    const auto losses = trace.losses.row(trace.steps.size());
    experiment.probe_losses(losses);
    experiment.order_parameters(order);
    check_finite({step, losses, order});
    trace.steps.push_back(step);
    for (std::size_t i = 0; i < order.size(); ++i) trace.order[i].push_back(order[i]);
    const std::vector<double> training = experiment.training();
    if (training.empty()) continue;
    trace.gradient_norm.push_back(training[1]);
    trace.weight_norm.push_back(training[2]);
  }
  return trace;
}

std::string SweepTask::name() const {
  static constexpr std::array roles{"scored", "calibration", "control"};
  const std::string role_name = roles[static_cast<std::size_t>(role)];
  return role_name + (event.empty() ? "" : "-" + event) + "-" + std::to_string(seed);
}

std::vector<SweepTask> sweep_tasks(const Setting& setting, const Hyperparameters& parameters,
                                   std::uint64_t first, std::uint64_t last, std::size_t controls) {
  if (controls == 0) throw UsageError("a sweep needs controls: without them false alarms cannot be counted");
  std::vector<SweepTask> tasks;
  for (std::uint64_t seed = first; seed <= last; ++seed) tasks.push_back({Role::scored, seed, ""});
  const std::uint64_t others = (last / 100 + 1) * 100;
  for (const EventSpec& spec : setting.make(parameters)->events()) {
    if (spec.control.empty()) continue;
    for (std::uint64_t i = 0; i < controls; ++i) {
      tasks.push_back({Role::calibration, others + i, spec.name});
      tasks.push_back({Role::control, others + controls + i, spec.name});
    }
  }
  if (tasks.size() > last - first + 1) return tasks;
  throw UsageError("the setting '" + setting.name +
                   "' has no event with an event-free twin to score against");
}

SweepRun sweep_run(const Setting& setting, Hyperparameters parameters, const SweepTask& task) {
  parameters.set("seed", static_cast<std::int64_t>(task.seed));
  if (!task.event.empty()) {
    const std::vector<EventSpec> events = setting.make(parameters)->events();
    parameters.set("control", find_event(events, task.event)->control);
  }
  const std::unique_ptr<Experiment> experiment = setting.make(parameters);
  const RunTrace run = record_run(*experiment, parameters);
  const DetectorSeries series = detector_series(run, parameters.count("window"));
  const std::int64_t width = parameters.integer("window") * parameters.integer("every");

  SweepRun result;
  std::optional<std::int64_t> start = parameters.integer("burn_in");
  for (const EventSpec& spec : experiment->events()) {
    const std::size_t order = order_index(*experiment, spec);
    if (start && (task.event.empty() || task.event == spec.name)) {
      SweepWatch watch = watch_all(series, run.order[order], *start, parameters.count("alarm_hold"));
      watch.event_step = reached(run, order, 0.5, spec);
      result[spec.name] = std::move(watch);
    }
    if (start) start = reached(run, order, 0.98, spec);
    if (start) *start += width;
  }
  return result;
}

WatchSet watch_set(const std::vector<std::pair<SweepTask, SweepRun>>& runs, const std::string& event,
                   const std::string& detector) {
  std::vector<double> ends;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (task.role == Role::scored && found != run.end() && found->second.event_step)
      ends.push_back(static_cast<double>(*found->second.event_step));
  }
  WatchSet set;
  if (ends.empty()) return set;
  const auto horizon = static_cast<std::int64_t>(median(ends));
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (found == run.end() || !found->second.detectors.contains(detector)) continue;
    const Watch& watch = found->second.detectors.at(detector);
    if (task.role == Role::calibration) set.calibration.push_back(cut(watch, horizon));
    if (task.role == Role::control) set.controls.push_back(cut(watch, horizon));
    if (task.role == Role::scored && found->second.event_step)
      set.events.push_back(cut(watch, *found->second.event_step));
  }
  return set;
}

}  // namespace premelt
