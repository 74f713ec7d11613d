#include "models/sweep/sweep.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>

#include "models/experiment/run.hpp"
#include "models/sweep/probe_sets.hpp"
#include "models/sweep/segments.hpp"
#include "rdm/scoring/whitening.hpp"

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

/// All detectors and the oracle, the order parameter itself, up to `end` steps after the segment's start.
std::map<std::string, Rises> read_all(const RunTrace& run, const DetectorOptions& options,
                                      const Segment& segment, std::int64_t end, std::size_t hold) {
  std::map<std::string, Rises> result;
  const DetectorSeries series = detector_series(run, options);
  Watched watched{{}, {}, end};
  for (std::int64_t step : series.steps) watched.times.push_back(step - segment.start);
  for (std::size_t d = 0; d < series.names.size(); ++d) {
    watched.values = series.columns[d];
    result[series.names[d]] = rises(watched, hold);
  }
  const auto first = run.order[segment.order].begin() +
                     static_cast<std::ptrdiff_t>(std::max(options.first, options.window - 1));
  watched.values.assign(first, first + static_cast<std::ptrdiff_t>(series.steps.size()));
  result[oracle] = rises(watched, hold);
  return result;
}

/// log‖θ‖² over all that `read_all` reads, and at the last recording in any case.
WeightPath weight_path(const RunTrace& run, const DetectorOptions& options, const Segment& segment,
                       std::int64_t every, std::int64_t end) {
  const std::size_t oldest = std::max(options.first, options.window - 1) + 1 - options.window,
                    last = std::min(options.last, run.steps.size() - 1), first = std::min(oldest, last);
  return {run.steps[first] - segment.start, every, end,
          log_squares(std::span(run.weight_norm).subspan(first, last + 1 - first))};
}

/// The parameters that a task trains, but for the step at which a trap springs.
Hyperparameters task_parameters(const Sweep& sweep, const SweepTask& task) {
  Hyperparameters parameters = sweep.parameters;
  parameters.set("seed", static_cast<std::int64_t>(task.seed));
  if (task.of_events()) return parameters;
  const std::vector<EventSpec> events = sweep.setting->make(parameters)->events();
  parameters.set("control", std::ranges::find(events, task.event, &EventSpec::name)->control);
  if (task.trap.empty()) return parameters;
  const auto& traps = sweep.setting->traps;
  for (const auto& [name, value] : std::ranges::find(traps, task.trap, &Trap::name)->changes)
    parameters.set(name, value);
  return parameters;
}

/// The segments that a run has got to; an event beyond the sweep's horizon counts as none.
std::vector<Segment> watched_segments(const Sweep& sweep, const RunTrace& run, const Experiment& experiment,
                                      const Hyperparameters& parameters) {
  std::vector<Segment> segments = segments_of(run, experiment, parameters);
  for (Segment& segment : segments) {
    if (sweep.horizon && segment.event_step && *segment.event_step - segment.start > *sweep.horizon)
      segment.event_step.reset();
  }
  return segments;
}

/// Whether a twin has been recorded to the sweep's horizon; a run with events is never enough.
std::function<bool(const RunTrace&)> watched_enough(const Sweep& sweep, const SweepTask& task,
                                                    const Experiment& experiment,
                                                    const Hyperparameters& parameters) {
  if (!sweep.horizon || task.of_events()) return {};
  return [&sweep, &task, &experiment, &parameters](const RunTrace& run) {
    const std::vector<Segment> segments = segments_of(run, experiment, parameters);
    const Segment* segment = find_segment(segments, task.event);
    return segment != nullptr && run.steps.back() >= segment->start + *sweep.horizon;
  };
}

/// The segment of a trap's event in the run with the event of the same seed; nothing when it has none.
std::optional<Segment> segment_with_event(const Sweep& sweep, const SweepTask& trap) {
  const Hyperparameters parameters = task_parameters(sweep, {.role = Role::held_out_run, .seed = trap.seed});
  const auto experiment = sweep.setting->make(parameters);
  const RunTrace run = record_run(*experiment, parameters);
  const std::vector<Segment> segments = watched_segments(sweep, run, *experiment, parameters);
  const Segment* found = find_segment(segments, trap.event);
  if (found == nullptr || !found->event_step) return std::nullopt;
  return *found;
}

/// Calls `take` with the columns, by name, of each run, event and window.
template <class Runs, class Take>
void each_table(Runs& runs, const Take& take) {
  for (auto& [task, run] : runs) {
    for (auto& [event, swept] : run) {
      for (auto& [window, columns] : swept.detectors) take(columns);
    }
  }
}

}  // namespace

RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters, std::int64_t last,
                    const Measures& measures, const std::function<bool(const RunTrace&)>& enough) {
  constexpr std::size_t asked_every = 100;  // recordings
  const std::int64_t every = parameters.integer("every");
  RunTrace trace;
  trace.losses =
      Tensor<double>(Shape{static_cast<std::size_t>(last / every + 1), experiment.probe_blocks().size()});
  trace.order.resize(experiment.order_names().size());
  std::vector<double> order(trace.order.size());
  Measuring measuring(experiment, parameters, measures);
  for (std::int64_t step = 0; step <= last; ++step) {
    if (step > 0) experiment.step();
    if (step % every != 0) continue;
    const auto losses = trace.losses.row(trace.steps.size());
    read_experiment(experiment, step, losses, order);
    trace.steps.push_back(step);
    for (std::size_t i = 0; i < order.size(); ++i) trace.order[i].push_back(order[i]);
    measuring.record();
    if (const std::vector<double> training = experiment.training(); !training.empty()) {
      trace.gradient_norm.push_back(training[1]);
      trace.weight_norm.push_back(training[2]);
    }
    if (enough && trace.steps.size() % asked_every == 0 && enough(trace)) break;
  }
  measuring.finish(trace);
  trace.losses = trace.losses.subspan(0, Shape{trace.steps.size(), trace.losses.shape()[1]});
  return trace;
}

RunTrace record_run(Experiment& experiment, const Hyperparameters& parameters) {
  return record_run(experiment, parameters, parameters.integer("steps"));
}

SweepRun sweep_run(const Sweep& sweep, const SweepTask& task) {
  Hyperparameters parameters = task_parameters(sweep, task);
  const std::int64_t every = parameters.integer("every");
  std::int64_t longest = sweep.horizon.value_or(parameters.integer("steps"));
  if (task.role == Role::trap) {
    const std::optional<Segment> partner = segment_with_event(sweep, task);
    if (!partner) return {};
    const std::int64_t settled = partner->settled(every * static_cast<std::int64_t>(sweep.windows.front()));
    if (parameters.contains("trap_step"))
      parameters.set("trap_step", std::max<std::int64_t>((settled + *partner->event_step) / 2, 1));
    longest = *partner->event_step - partner->start;
  }
  const auto experiment = sweep.setting->make(parameters);
  RunTrace run = record_run(*experiment, parameters, parameters.integer("steps"), sweep.measures,
                            watched_enough(sweep, task, *experiment, parameters));
  DetectorOptions options{.window = 0, .channels = experiment->monitor_options().channels};
  read_outside(sweep.outside, run, options);
  if (sweep.ablate)
    std::ranges::copy(probe_sets(experiment->probe_blocks()), std::back_inserter(options.channels));

  SweepRun result;
  const std::vector<Segment> segments = watched_segments(sweep, run, *experiment, parameters);
  for (const Segment& segment : segments) {
    const std::string& name = segment.spec.name;
    if (segment.spec.control.empty() || (!task.of_events() && task.event != name)) continue;
    SweptEvent& event = result[name];
    event.event_step = segment.event_step;
    event.start = segment.start;
    if (task.of_events() && !segment.event_step) continue;
    const std::int64_t last =
        task.of_events() ? *segment.event_step : std::min(run.steps.back(), segment.start + longest);
    options.start = segment.start;
    options.last = recording_at(run, last);
    std::optional<Null> null;
    if (sweep.whitened) null = train_null(sweep, parameters, segment.spec, task.of_events());
    for (std::size_t window : sweep.windows) {
      const std::int64_t width = static_cast<std::int64_t>(window) * every;
      if (null) options.whitener = whitener_of(*null, name, width);
      options.window = window;
      options.first = recording_at(run, segment.settled(width));
      event.detectors[window] =
          read_all(run, options, segment, last - segment.start, parameters.count("alarm_hold"));
      if (!run.weight_norm.empty())
        event.weight_paths[window] = weight_path(run, options, segment, every, last - segment.start);
      if (task.role == Role::held_out_run)
        event.lags[window] = lags_of(run, segments, name, *experiment, window);
    }
  }
  return result;
}

std::vector<std::string> leave_out_failed(FinishedRuns& runs, const std::vector<OutsideReader>& outside) {
  std::vector<std::string> names;
  for (const OutsideReader& reader : outside) {
    bool failed = false;
    each_table(runs, [&](const auto& columns) { failed = failed || !columns.contains(reader.name); });
    if (!failed) continue;
    each_table(runs, [&](auto& columns) { columns.erase(reader.name); });
    names.push_back(reader.name);
  }
  return names;
}

std::vector<std::string> not_available(const FinishedRuns& runs) {
  std::set<std::string> read;
  each_table(runs, [&](const auto& columns) {
    for (const auto& [name, rises] : columns) read.insert(name);
  });
  std::vector<std::string> missing;
  for (const Detector& detector : detectors()) {
    if (!read.empty() && !read.contains(detector.name)) missing.push_back(detector.name);
  }
  return missing;
}

}  // namespace premelt
