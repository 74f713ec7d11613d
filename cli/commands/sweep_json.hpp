#pragma once
/// What a sweep found, as files: scores.csv, sweep.json and costs.json.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "models/sweep/costs.hpp"
#include "rdm/scoring/event_scores.hpp"

namespace premelt::cli {

/// One row a detector and event.
std::string scores_csv(const std::vector<EventScores>& events);
/// {"events", "detectors", "first", "order", "fixed_beforehand", "exploratory"}; undefined numbers are null,
/// and all numbers of a detector that is not available. When `complete`, the detectors with leads and the
/// controls' alarms by seed, curves (up to 50 % false alarms, in at most 40 points) and paired differences to
/// SHC, and the events' steps and the order of SHC and PR in every run. `first` is the word of the first
/// window, whose shares `order` has. What `events` says of the verdict was fixed beforehand, as
/// `fixed_beforehand` has it; `exploratory` names the keys of all else. Results have six digits; thresholds
/// all theirs, so that a run trained anew can be held against them.
nlohmann::json scores_json(const std::vector<EventScores>& events, bool complete);

/// costs.json: {"step_seconds", "cost_in_steps": {W: {name: cost}}}. They are measured, so that no two are
/// the same, and stand beside the scores, not among them.
nlohmann::json costs_json(const DetectorCosts& costs);

/// An object with a line for each of its values, and for each element of those that hold objects.
std::string lines_of(const nlohmann::json& object);

}  // namespace premelt::cli
