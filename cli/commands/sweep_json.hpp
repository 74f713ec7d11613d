#pragma once
/// What a sweep found, as files: scores.csv and sweep.json.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "rdm/scoring/event_scores.hpp"

namespace premelt::cli {

/// One row a detector and event.
std::string scores_csv(const std::vector<EventScores>& events);
/// {"events", "detectors", "first", "exploratory"} of the contract; undefined numbers are null. When
/// `complete`, the detectors with leads, curves and paired differences to SHC, and with the order of SHC and
/// PR in every run. `first` is that of the first window. Only what `events` says of the verdict was fixed
/// beforehand; `exploratory` names the keys of all else.
nlohmann::json scores_json(const std::vector<EventScores>& events, bool complete);

}  // namespace premelt::cli
