#pragma once
/// What the runs of one event say together: scores of all detectors, who moved first, and a verdict in plain
/// words. (ours, theory §6)

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rdm/scoring/scoring.hpp"

namespace premelt {

/// How often a trap fires a detector.
struct TrapCount {
  std::size_t alarms = 0;  ///< runs with an alarm
  std::size_t runs = 0;    ///< in which the event's segment was reached
};

/// One detector at one event in one window.
struct DetectorScore {
  std::string detector;                         ///< its column
  Score score;                                  ///< at a threshold for 5 %
  std::vector<TradeOff> curve;                  ///< at all others
  std::map<std::string, TrapCount> traps = {};  ///< by trap
};

/// In which of the scored runs SHC or a rise of PR alarmed first, each against its own null: SHC first is
/// read as a funnel, PR first as a softening (arXiv 2603.29805).
struct FirstMover {
  double shc = 0;                        ///< share of runs in which SHC came first
  double pr = 0;                         ///< in which PR did
  double together = 0;                   ///< both at the same recording
  double neither = 0;                    ///< no alarm of either
  std::vector<std::string> by_run = {};  ///< one of these words for each seed of the event
};

/// `rises` has already asked for a hold: runs are scored with a hold of 1.
FirstMover first_mover(const WatchSet& shc, double shc_threshold, const WatchSet& pr, double pr_threshold);

/// How SHC's peak lies to the event by one definition of it, over the runs in which both exist.
struct LagScore {
  std::vector<double> lags = {};  ///< steps from the peak to the event, one a run
  double median = 0;              ///< of the lags
  double first = 0;               ///< share of runs in which the peak comes first
  double chance = 0;              ///< the same for a random step of the stretch searched for the peak
};

/// `chance` is the mean over the same runs.
LagScore score_lags(std::vector<double> lags, double chance);

/// One event of a sweep, seen through one window.
struct EventScores {
  std::string event;                          ///< its name
  std::size_t window;                         ///< W, in recordings
  std::size_t scored = 0;                     ///< scored runs
  std::vector<std::uint64_t> seeds = {};      ///< those in which it happened
  double median_step = 0;                     ///< NaN when it never did
  std::vector<DetectorScore> detectors = {};  ///< longest median lead first; none when it never happened
  FirstMover first = {};                      ///< SHC or PR
  std::map<std::string, LagScore> lags = {};  ///< by definition of the event
};

/// Scores every detector, by name, that has runs of all three kinds, but for traps, and tells who moved
/// first. The runs are as `rises` leaves them.
void score_detectors(EventScores& event, const std::map<std::string, WatchSet>& detectors);

/// The windows of each event together.
std::vector<std::vector<EventScores>> by_event(const std::vector<EventScores>& scores);

/// Null when there is none of that name.
const DetectorScore* find_detector(const EventScores& event, const std::string& detector);

/// The false alarms among the scored controls are no more than 5 % can explain: their interval begins below.
bool trustworthy(const Score& score);

/// The best simple rival: neither spectral nor the oracle; null when none is trustworthy.
const DetectorScore* best_rival(const EventScores& event);

/// Sentences: who won, and whether SHC added anything, raw or whitened.
std::string verdict(const EventScores& event);

}  // namespace premelt
