#include "models/sweep/sweep_scores.hpp"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/verdict.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// The event in all held-out runs, not yet scored.
EventScores find_event(const FinishedRuns& runs, const std::string& event, std::size_t window,
                       double window_steps) {
  EventScores result{.event = event, .window = window, .window_steps = window_steps};
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (task.role == Role::held_out_control && found != run.end() && found->second.detectors.contains(window))
      result.control_seeds.push_back(task.seed);
    if (task.role != Role::held_out_run) continue;
    ++result.scored;
    if (found == run.end() || !found->second.event_step) continue;
    result.seeds.push_back(task.seed);
    result.steps.push_back(*found->second.event_step);
    result.horizons.push_back(result.steps.back() - found->second.start);
  }
  const std::vector<double> steps(result.steps.begin(), result.steps.end());
  result.median_step = steps.empty() ? undefined : median(steps);
  return result;
}

void add_lags(EventScores& event, const FinishedRuns& runs) {
  std::map<std::string, std::vector<double>> lags;
  std::map<std::string, double> chances;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event.event);
    if (task.role != Role::held_out_run || found == run.end() || !found->second.lags.contains(event.window))
      continue;
    for (const auto& [definition, lag] : found->second.lags.at(event.window)) {
      lags[definition].push_back(lag.steps);
      chances[definition] += lag.chance;
    }
  }
  for (auto& [definition, found] : lags) {
    const double chance = chances[definition] / static_cast<double>(found.size());
    event.lags[definition] = score_lags(std::move(found), chance);
  }
}

/// Of one event, window and detector; null when the run has none.
const Rises* find_rises(const SweepRun& run, const std::string& event, std::size_t window,
                        const std::string& detector) {
  const auto found = run.find(event);
  if (found == run.end()) return nullptr;
  const auto at = found->second.detectors.find(window);
  if (at == found->second.detectors.end() || !at->second.contains(detector)) return nullptr;
  return &at->second.at(detector);
}

/// Null for a trap.
std::vector<Rises>* family(Halves& halves, Role role) {
  switch (role) {
    case Role::development_run:
      return &halves.development.events;
    case Role::development_control:
      return &halves.development.controls;
    case Role::held_out_run:
      return &halves.held_out.events;
    case Role::held_out_control:
      return &halves.held_out.controls;
    case Role::trap:
      break;
  }
  return nullptr;
}

}  // namespace

double passage_level(const FinishedRuns& runs, const std::string& event, std::size_t window) {
  std::vector<double> levels;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (task.role != Role::development_run || found == run.end() || !found->second.event_step) continue;
    const auto path = found->second.weight_paths.find(window);
    if (path != found->second.weight_paths.end()) levels.push_back(path->second.log_squares.back());
  }
  return levels.empty() ? undefined : median(levels);
}

void add_first_passages(FinishedRuns& runs, std::size_t hold) {
  std::map<std::pair<std::string, std::size_t>, double> levels;
  for (auto& [task, run] : runs) {
    for (auto& [event, swept] : run) {
      for (const auto& [window, path] : swept.weight_paths) {
        const auto [level, fresh] = levels.try_emplace({event, window}, undefined);
        if (fresh) level->second = passage_level(runs, event, window);
        if (std::isnan(level->second)) continue;
        swept.detectors[window]["first_passage"] = rises(first_passages(path, window, level->second), hold);
      }
    }
  }
}

std::map<std::string, Halves> halves_of(const FinishedRuns& runs, const std::string& event,
                                        std::size_t window) {
  std::map<std::string, Halves> result;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event);
    if (found == run.end() || !found->second.detectors.contains(window)) continue;
    for (const auto& [detector, record] : found->second.detectors.at(window)) {
      if (auto* members = family(result[detector], task.role)) members->push_back(record);
    }
  }
  return result;
}

std::map<std::string, TrapCount> trap_counts(const FinishedRuns& runs, const std::string& event,
                                             std::size_t window, const std::string& detector,
                                             double threshold) {
  std::map<std::string, TrapCount> counts;
  for (const auto& [task, run] : runs) {
    if (task.role != Role::trap) continue;
    const Rises* record = find_rises(run, event, window, detector);
    if (record == nullptr) continue;
    TrapCount& count = counts[task.trap];
    ++count.runs;
    count.alarms += alarm_time(*record, threshold).has_value();
  }
  return counts;
}

std::vector<EventScores> score_events(const FinishedRuns& runs, const Sweep& sweep) {
  std::set<std::string> events;
  for (const auto& [task, run] : runs) {
    for (const auto& [event, record] : run) events.insert(event);
  }
  const auto every = static_cast<double>(sweep.parameters.integer("every"));
  const std::vector<std::string> missing = not_available(runs);
  std::vector<EventScores> result;
  for (const std::string& event : events) {
    for (std::size_t window : sweep.windows) {
      EventScores scores = find_event(runs, event, window, every * static_cast<double>(window));
      score_detectors(scores, halves_of(runs, event, window));
      for (DetectorScore& entry : scores.detectors)
        entry.traps = trap_counts(runs, event, window, entry.detector, entry.score.threshold);
      scores.not_available = missing;
      add_lags(scores, runs);
      result.push_back(std::move(scores));
    }
  }
  decide(result, sweep.primary_window());
  return result;
}

}  // namespace premelt
