#pragma once
/// Scoring an early warning at a controlled rate of false alarms, over whole runs. (ours, theory §6)

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "rdm/scoring/inference.hpp"
#include "rdm/scoring/matched_rates.hpp"
#include "rdm/scoring/watched.hpp"
#include "rdm/window/null.hpp"

namespace premelt {

/// One detector in all runs of one event. No run is in both halves.
struct Halves {
  Half development;  ///< sets the threshold
  Half held_out;     ///< everything that is reported
};

/// How a detector did. All is NaN, and counts are 0, where the threshold is: the detector is undefined.
struct Score {
  double threshold;               ///< of the development half; above it for K recordings = alarm
  double development_lead;        ///< median lead on the development runs, in steps
  double detection_rate;          ///< D at the threshold
  Interval detection_interval;    ///< 95 %
  double false_alarm_rate;        ///< F at the threshold
  Interval false_alarm_interval;  ///< 95 %
  /// Of each held-out control, in steps; nothing: none before the longest horizon.
  std::vector<std::optional<std::int64_t>> control_alarms;
  std::size_t alarmed_controls;        ///< those with an alarm
  Interval alarmed_interval;           ///< Clopper-Pearson, 95 %, of their share
  std::vector<double> leads;           ///< steps from alarm to event, one a run; 0 for a miss
  double median_lead;                  ///< in steps
  Interval lead_quartiles;             ///< in steps
  Interval lead_band;                  ///< 95 % of the median lead over resampled development controls
  double median_share;                 ///< median of lead / h
  double auc;                          ///< over pairs of runs and controls
  Interval auc_interval;               ///< 95 %
  std::size_t first_recording_alarms;  ///< runs that alarm at the first recording at which they could
};

/// A point of the curve of lead against false alarms.
struct TradeOff {
  double threshold;         ///< above which there is an alarm
  double false_alarm_rate;  ///< F
  double detection_rate;    ///< D
  double median_lead;       ///< in steps, a miss counting 0
};

/// Two detectors on the same runs: differences of leads, first minus second.
struct PairedDifference {
  double median;       ///< of the differences, in steps
  Interval quartiles;  ///< of the differences
  double wins;         ///< share of runs in which the first is earlier
  double losses;       ///< in which it is later; the rest are ties
};

/// Scores detectors of which all have as many runs and controls: resamples are drawn once.
class Scorer {
 public:
  /// Throws UsageError when a family is empty.
  Score score(const Halves& halves);

 private:
  const std::vector<Sample>& samples(const Half& half, const char* stream, std::size_t count);

  std::map<std::pair<std::size_t, std::size_t>, std::vector<Sample>> held_out_, development_;
};

/// Leads at a threshold, in steps, one a run; 0 for a miss.
std::vector<double> leads_at(const std::vector<Rises>& events, double threshold);

/// The curve at the largest sustained value of each control within the longest horizon, false alarms falling.
/// Throws UsageError when the half lacks runs or controls.
std::vector<TradeOff> trade_off(const Half& half);

/// Throws UsageError when the numbers of runs differ or are zero.
PairedDifference paired_difference(std::span<const double> first, std::span<const double> second);

}  // namespace premelt
