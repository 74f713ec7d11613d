#pragma once
/// What a sweep found: scores of all detectors, who moved first, and a verdict in plain words.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models/sweep.hpp"

namespace premelt::cli {

using FinishedRuns = std::vector<std::pair<SweepTask, SweepRun>>;

/// One detector at one event.
struct DetectorScore {
  std::string detector;
  Score score;
  std::vector<TradeOff> curve;
};

/// Shares of the scored runs in which SHC or a rise of PR alarmed first, each against its own null: SHC first
/// is read as a funnel, PR first as a softening (arXiv 2603.29805).
struct FirstMover {
  double shc = 0, pr = 0, together = 0, neither = 0;
};

/// One event of a sweep.
struct EventScores {
  std::string event;
  std::size_t detected = 0;  ///< scored runs in which it happened
  double median_step = 0;
  std::vector<DetectorScore> detectors = {};  ///< longest median lead first
  FirstMover first = {};
};

/// The events in order, without those that never happened or have no controls.
std::vector<EventScores> score_events(const FinishedRuns& runs);

/// The false alarms among the scored controls are no more than 5 % can explain: their interval begins below.
bool trustworthy(const Score& score);

/// The best simple rival: neither spectral nor the oracle; null when none is trustworthy.
const DetectorScore* best_rival(const EventScores& event);

/// Sentences: who won, and whether SHC added anything.
std::string verdict(const EventScores& event);

/// One row a detector and event.
std::string scores_csv(const std::vector<EventScores>& events);
/// {"events", "detectors", "first"} of the contract, the detectors with curves and paired differences to SHC
/// when `complete`.
nlohmann::json scores_json(const std::vector<EventScores>& events, bool complete);

}  // namespace premelt::cli
