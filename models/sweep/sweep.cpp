#include "models/sweep/sweep.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <utility>

#include "engine/tensor/error.hpp"
#include "models/experiment/run.hpp"
#include "models/sweep/probe_sets.hpp"
#include "models/sweep/segments.hpp"
#include "rdm/scoring/whitening.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// An event-free replica of a run, and where it is watched.
struct Null {
  RunTrace run;
  std::vector<Segment> segments;
};

/// `event` tells whether the run is one with the event: its null then has the same probes to the label.
Null train_null(const Sweep& sweep, Hyperparameters parameters, const EventSpec& spec, bool event) {
  parameters.set("control", spec.control);
  if (event) {
    for (const auto& [name, value] : spec.null) parameters.set(name, value);
  }
  const auto experiment = sweep.setting->make(parameters);
  experiment->reseed(0);
  RunTrace run = record_run(*experiment, parameters);
  std::vector<Segment> segments = segments_of(run, *experiment, parameters);
  return {std::move(run), std::move(segments)};
}

/// Whitens by the null's own segment of the event; empty when it has none that moves.
Tensor<double> whitener_of(const Null& null, const std::string& event, std::int64_t width) {
  const Segment* segment = find_segment(null.segments, event);
  if (segment == nullptr) return {};
  const std::size_t first = recording_at(null.run, segment->settled(width)), n = null.run.losses.shape()[1];
  if (first >= null.run.steps.size()) return {};
  Tensor<double> rows(Shape{null.run.steps.size() - first, n});
  std::ranges::copy(null.run.losses.flat().subspan(first * n), rows.flat().begin());
  return whitener(rows).value_or(Tensor<double>());
}

/// All detectors and the oracle, the order parameter itself, as `rises` leaves them.
std::map<std::string, Watch> watch_all(const RunTrace& run, const DetectorOptions& options, std::size_t order,
                                       std::size_t hold) {
  std::map<std::string, Watch> result;
  const DetectorSeries series = detector_series(run, options);
  const std::int64_t end = run.steps[std::min(options.last, run.steps.size() - 1)];
  for (std::size_t d = 0; d < series.names.size(); ++d)
    result[series.names[d]] = rises({series.steps, series.columns[d], end}, hold);
  const auto first =
      run.order[order].begin() + static_cast<std::ptrdiff_t>(std::max(options.first, options.window - 1));
  const auto count = static_cast<std::ptrdiff_t>(series.steps.size());
  result[oracle] = rises({series.steps, {first, first + count}, end}, hold);
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

/// The parameters that a task trains.
Hyperparameters task_parameters(const Sweep& sweep, const SweepTask& task) {
  Hyperparameters parameters = sweep.parameters;
  parameters.set("seed", static_cast<std::int64_t>(task.seed));
  if (task.event.empty()) return parameters;
  const std::vector<EventSpec> events = sweep.setting->make(parameters)->events();
  parameters.set("control", std::ranges::find(events, task.event, &EventSpec::name)->control);
  if (task.trap.empty()) return parameters;
  const auto& traps = sweep.setting->traps;
  for (const auto& [name, value] : std::ranges::find(traps, task.trap, &Trap::name)->changes)
    parameters.set(name, value);
  if (parameters.contains("trap_step")) parameters.set("trap_step", task.trap_step);
  return parameters;
}

/// Steps from the start of a segment to its event.
struct Span {
  std::int64_t start, end;
};

/// Those of the median scored run; nothing when the event never happens.
std::optional<Span> median_watch(const FinishedRuns& scored, const std::string& event) {
  std::vector<double> starts, ends;
  for (const auto& [task, run] : scored) {
    const auto found = run.find(event);
    if (task.role != Role::scored || found == run.end() || !found->second.event_step) continue;
    starts.push_back(static_cast<double>(found->second.start));
    ends.push_back(static_cast<double>(*found->second.event_step));
  }
  if (ends.empty()) return std::nullopt;
  return Span{static_cast<std::int64_t>(median(starts)), static_cast<std::int64_t>(median(ends))};
}

/// Calls `take` with each run's watch of one event, window and detector, where there is one.
void each_watch(const FinishedRuns& runs, const std::string& event, std::size_t window,
                const std::string& detector,
                const std::function<void(const SweepTask&, const SweepWatch&, const Watch&)>& take) {
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (found == run.end()) continue;
    const auto at = found->second.detectors.find(window);
    if (at == found->second.detectors.end() || !at->second.contains(detector)) continue;
    take(task, found->second, at->second.at(detector));
  }
}

}  // namespace

RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters, std::int64_t last) {
  const std::int64_t every = parameters.integer("every");
  RunTrace trace;
  trace.losses =
      Tensor<double>(Shape{static_cast<std::size_t>(last / every + 1), experiment.probe_blocks().size()});
  trace.order.resize(experiment.order_names().size());
  std::vector<double> order(trace.order.size());
  for (std::int64_t step = 0; step <= last; ++step) {
    if (step > 0) experiment.step();
    if (step % every != 0) continue;
    const auto losses = trace.losses.row(trace.steps.size());
    read_experiment(experiment, step, losses, order);
    trace.steps.push_back(step);
    for (std::size_t i = 0; i < order.size(); ++i) trace.order[i].push_back(order[i]);
    const std::vector<double> training = experiment.training();
    if (training.empty()) continue;
    trace.gradient_norm.push_back(training[1]);
    trace.weight_norm.push_back(training[2]);
  }
  return trace;
}

RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters) {
  return record_run(experiment, parameters, parameters.integer("steps"));
}

std::string SweepTask::name() const {
  static constexpr std::array roles{"scored", "calibration", "control", "trap"};
  std::string name = roles[static_cast<std::size_t>(role)];
  for (const std::string& part : {event, trap}) name += part.empty() ? "" : "-" + part;
  return name + "-" + std::to_string(seed);
}

bool has_replicas(const Setting& setting, const Hyperparameters& parameters) {
  const auto losses_of = [&](std::uint64_t replica) {
    const auto experiment = setting.make(parameters);
    experiment->reseed(replica);
    for (int step = 0; step < 3; ++step) experiment->step();
    std::vector<double> losses(experiment->probe_blocks().size());
    experiment->probe_losses(losses);
    return losses;
  };
  return losses_of(0) != losses_of(1);
}

std::vector<SweepTask> scored_tasks(const Sweep& sweep) {
  if (sweep.controls == 0)
    throw UsageError("a sweep needs controls: without them false alarms cannot be counted");
  const std::int64_t steps = sweep.parameters.integer("steps");
  const auto recordings = static_cast<std::size_t>(steps / sweep.parameters.integer("every") + 1);
  for (std::size_t window : sweep.windows) {
    if (window >= 2 && window <= recordings) continue;
    throw UsageError("a window of " + std::to_string(window) + " recordings: expected 2 to the " +
                     std::to_string(recordings) + " recordings of the run (steps / every + 1)");
  }
  const auto events = sweep.setting->make(sweep.parameters)->events();
  if (std::ranges::all_of(events, &std::string::empty, &EventSpec::control)) {
    throw UsageError("the setting '" + sweep.setting->name +
                     "' has no event with an event-free twin to score against");
  }
  std::vector<SweepTask> tasks;
  for (std::uint64_t seed = sweep.first_seed; seed <= sweep.last_seed; ++seed)
    tasks.push_back({.role = Role::scored, .seed = seed, .last = steps});
  return tasks;
}

std::vector<SweepTask> twin_tasks(const Sweep& sweep, const FinishedRuns& scored) {
  const auto all = sweep.setting->make(sweep.parameters)->events();
  std::vector<SweepTask> tasks;
  std::uint64_t seed = (sweep.last_seed / 100 + 1) * 100;
  // Seeds advance also where nothing is to be watched, so that they do not depend on what is.
  const auto add_family = [&](SweepTask task, bool wanted) {
    for (std::size_t i = 0; i < sweep.controls; ++i) {
      task.seed = seed++;
      if (wanted) tasks.push_back(task);
    }
  };
  std::vector<std::pair<EventSpec, std::optional<Span>>> events;
  for (const EventSpec& spec : all) {
    if (!spec.control.empty()) events.emplace_back(spec, median_watch(scored, spec.name));
  }
  for (const auto& [spec, watch] : events) {
    for (Role role : {Role::calibration, Role::control})
      add_family({.role = role, .seed = 0, .event = spec.name, .last = watch ? watch->end : 0},
                 watch.has_value());
  }
  if (!sweep.traps) return tasks;
  const std::int64_t width =
      sweep.parameters.integer("every") * static_cast<std::int64_t>(sweep.windows.front());
  for (const auto& [spec, watch] : events) {
    for (const Trap& trap : sweep.setting->traps) {
      SweepTask task{.role = Role::trap, .seed = 0, .event = spec.name, .trap = trap.name};
      if (watch) {
        task.last = watch->end;
        task.trap_step = std::max<std::int64_t>((watch->start + width + watch->end) / 2, 1);
      }
      add_family(task, watch.has_value());
    }
  }
  return tasks;
}

SweepRun sweep_run(const Sweep& sweep, const SweepTask& task) {
  const Hyperparameters parameters = task_parameters(sweep, task);
  const std::int64_t every = parameters.integer("every");
  const auto experiment = sweep.setting->make(parameters);
  const RunTrace run = record_run(*experiment, parameters, task.last);
  DetectorOptions options{.window = 0, .channels = experiment->monitor_options().channels};
  if (sweep.ablate)
    std::ranges::copy(probe_sets(experiment->probe_blocks()), std::back_inserter(options.channels));

  SweepRun result;
  const std::vector<Segment> segments = segments_of(run, *experiment, parameters);
  for (const Segment& segment : segments) {
    if (segment.spec.control.empty() || (!task.event.empty() && task.event != segment.spec.name)) continue;
    SweepWatch& watch = result[segment.spec.name];
    watch.event_step = segment.event_step;
    watch.start = segment.start;
    const bool scored = task.role == Role::scored;
    if (scored && !segment.event_step) continue;
    for (std::size_t window : scored ? sweep.windows : std::vector<std::size_t>{})
      watch.lags[window] = lags_of(run, segments, segment.spec.name, *experiment, window);
    options.last = scored ? recording_at(run, *segment.event_step) : run.steps.size() - 1;
    std::optional<Null> null;
    if (sweep.whitened) null = train_null(sweep, parameters, segment.spec, scored);
    for (std::size_t window : sweep.windows) {
      const std::int64_t width = static_cast<std::int64_t>(window) * every;
      if (null) options.whitener = whitener_of(*null, segment.spec.name, width);
      options.window = window;
      options.first = recording_at(run, segment.settled(width));
      watch.detectors[window] = watch_all(run, options, segment.order, parameters.count("alarm_hold"));
    }
  }
  return result;
}

WatchSet watch_set(const FinishedRuns& runs, const std::string& event, std::size_t window,
                   const std::string& detector) {
  WatchSet set;
  const auto median_run = median_watch(runs, event);
  if (!median_run) return set;
  each_watch(runs, event, window, detector,
             [&](const SweepTask& task, const SweepWatch& found, const Watch& watch) {
               if (task.role == Role::calibration) set.calibration.push_back(cut(watch, median_run->end));
               if (task.role == Role::control) set.controls.push_back(cut(watch, median_run->end));
               if (task.role == Role::scored && found.event_step) set.events.push_back(watch);
             });
  return set;
}

std::map<std::string, TrapCount> trap_counts(const FinishedRuns& runs, const std::string& event,
                                             std::size_t window, const std::string& detector,
                                             double threshold) {
  std::map<std::string, TrapCount> counts;
  const auto median_run = median_watch(runs, event);
  if (!median_run) return counts;
  each_watch(runs, event, window, detector,
             [&](const SweepTask& task, const SweepWatch&, const Watch& watch) {
               if (task.role != Role::trap) return;
               TrapCount& count = counts[task.trap];
               ++count.runs;
               count.alarms += first_alarm(cut(watch, median_run->end), threshold, 1).has_value();
             });
  return counts;
}

}  // namespace premelt
