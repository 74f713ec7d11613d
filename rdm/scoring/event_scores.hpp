#pragma once
/// What the runs of one event say together: scores of all detectors, who moved first, and the verdict that
/// was fixed beforehand. (ours, theory §6)

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor/numbers.hpp"
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
  std::vector<TradeOff> curve;                  ///< at all others, of the held-out half
  std::map<std::string, TrapCount> traps = {};  ///< by trap
  double cost_in_steps = undefined;             ///< of a recording, in training steps; NaN: not measured
};

/// In which of the scored runs SHC or a rise of PR alarmed first, each against its own null: SHC first is
/// read as a funnel, PR first as a softening (arXiv 2603.29805).
struct FirstMover {
  double shc = 0;                        ///< share of runs in which SHC came first
  double pr = 0;                         ///< in which PR did
  double together = 0;                   ///< both at the same recording
  double neither = 0;                    ///< no alarm of either
  std::vector<std::string> by_run = {};  ///< one of these words for each seed of the event

  /// "shc" or "pr": the one whose share is larger than the other's and than that of all runs in which neither
  /// was ahead; else "neither".
  std::string word() const;
};

/// Throws nothing: a threshold that is NaN never alarms.
FirstMover first_mover(const std::vector<Rises>& shc, double shc_threshold, const std::vector<Rises>& pr,
                       double pr_threshold);

/// How SHC's peak lies to the event by one definition of it, over the runs in which both exist.
struct LagScore {
  std::vector<double> lags = {};  ///< steps from the peak to the event, one a run
  double median = 0;              ///< of the lags
  double first = 0;               ///< share of runs in which the peak comes first
  double chance = 0;              ///< the same for a random step of the stretch searched for the peak
};

/// `chance` is the mean over the same runs.
LagScore score_lags(std::vector<double> lags, double chance);

/// The one comparison that is fixed beforehand: raw SHC against the champion of the development half, paired
/// over the held-out runs.
struct Verdict {
  std::string champion;      ///< empty: no rival has a threshold
  double median_difference;  ///< of the leads, SHC minus champion, in steps; NaN without a comparison
  Interval interval;         ///< 95 %, bootstrap over runs
  double p_alone;            ///< of the sign test, of this event alone
  double p;                  ///< the same by Holm's correction over the events of the sweep
  std::string words;         ///< "SHC leads by 12 steps", "mean_drop leads by 3 steps", "no difference shown"
  std::string why_not;       ///< what stands in the way of a winner, besides chance; empty: nothing
};

/// One event of a sweep, seen through one window.
struct EventScores {
  std::string event;                              ///< its name
  std::size_t window;                             ///< W, in recordings
  double window_steps = 0;                        ///< the same in steps
  std::size_t scored = 0;                         ///< held-out runs
  std::vector<std::uint64_t> seeds = {};          ///< those in which it happened
  std::vector<std::int64_t> steps = {};           ///< at which it did, one a seed
  std::vector<std::int64_t> horizons = {};        ///< theirs from the segment's start: h, one a seed
  double median_step = 0;                         ///< NaN when it never did
  std::size_t development_runs = 0;               ///< development runs in which it happened
  std::size_t development_controls = 0;           ///< that were watched
  std::size_t controls = 0;                       ///< held-out controls that were watched
  std::vector<std::uint64_t> control_seeds = {};  ///< theirs
  std::size_t pairs_left_out = 0;                 ///< held-out pairs whose control was watched for less
  std::vector<DetectorScore> detectors = {};      ///< longest median lead first, the undefined ones last
  std::vector<std::string> not_available = {};    ///< detectors whose numbers were not recorded
  std::optional<Verdict> verdict = {};            ///< of the window that was fixed beforehand
  FirstMover first = {};                          ///< SHC or PR
  std::map<std::string, LagScore> lags = {};      ///< by definition of the event
};

/// Scores every detector, by name, that has runs and controls in both halves, but for traps, and tells who
/// moved first. None is scored when the event never happened.
void score_detectors(EventScores& event, const std::map<std::string, Halves>& detectors);

/// The windows of each event together.
std::vector<std::vector<EventScores>> by_event(const std::vector<EventScores>& scores);

/// Null when there is none of that name.
const DetectorScore* find_detector(const EventScores& event, const std::string& detector);

/// The detector has a threshold, and its false alarms among the held-out controls are no more than 5 % can
/// explain: their interval begins at or below.
bool trustworthy(const Score& score);

}  // namespace premelt
