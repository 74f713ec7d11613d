#include "models/sweep/sweep_scores.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/tensor/numbers.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// The event in all scored runs, not yet seen through any window.
EventScores find_event(const FinishedRuns& runs, const std::string& event) {
  EventScores result{.event = event, .window = 0};
  std::vector<double> ends;
  for (const auto& [task, run] : runs) {
    if (task.role != Role::scored) continue;
    ++result.scored;
    const auto found = run.find(event);
    if (found == run.end() || !found->second.event_step) continue;
    result.seeds.push_back(task.seed);
    ends.push_back(static_cast<double>(*found->second.event_step));
  }
  result.median_step = ends.empty() ? undefined : median(ends);
  return result;
}

void add_lags(EventScores& event, const FinishedRuns& runs) {
  std::map<std::string, std::vector<double>> lags;
  std::map<std::string, double> chances;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event.event);
    if (task.role != Role::scored || found == run.end() || !found->second.lags.contains(event.window))
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

/// The scores of all detectors that some run knows.
void add_detectors(EventScores& event, const FinishedRuns& runs) {
  std::map<std::string, WatchSet> sets;
  for (const auto& [task, run] : runs) {
    const auto found = run.find(event.event);
    if (found == run.end() || !found->second.detectors.contains(event.window)) continue;
    for (const auto& [detector, record] : found->second.detectors.at(event.window)) sets[detector];
  }
  for (auto& [detector, set] : sets) set = watch_set(runs, event.event, event.window, detector);
  score_detectors(event, sets);
  for (DetectorScore& entry : event.detectors)
    entry.traps = trap_counts(runs, event.event, event.window, entry.detector, entry.score.threshold);
}

}  // namespace

std::vector<EventScores> score_events(const FinishedRuns& runs, const std::vector<std::size_t>& windows) {
  std::set<std::string> events;
  for (const auto& [task, run] : runs) {
    for (const auto& [event, watch] : run) events.insert(event);
  }
  std::vector<EventScores> result;
  for (const std::string& event : events) {
    for (std::size_t window : windows) {
      EventScores scores = find_event(runs, event);
      scores.window = window;
      add_detectors(scores, runs);
      add_lags(scores, runs);
      result.push_back(std::move(scores));
    }
  }
  return result;
}

}  // namespace premelt
