#pragma once
/// Scoring an early warning at a controlled rate of false alarms, over whole runs. (ours, theory §6)

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rdm/window/null.hpp"

namespace premelt {

/// One detector in one run, from the start of the event's segment to its end: the event, or for a run without
/// it the end of its watch.
struct Watch {
  std::vector<std::int64_t> steps;  ///< increasing
  std::vector<double> values;       ///< as many; larger = more alarming, NaN = no statement
  std::int64_t end;                 ///< the event's step
};

/// Runs of one event, and the same without it.
struct WatchSet {
  std::vector<Watch> events;       ///< held-out runs with the event
  std::vector<Watch> calibration;  ///< event-free runs that set the threshold
  std::vector<Watch> controls;     ///< other event-free runs that count false alarms
};

/// How a detector did.
struct Score {
  double threshold;  ///< exceeded in K recordings in a row = alarm; NaN when calibration had no statement
  double detection_rate;          ///< of the events, alarmed before or at
  std::size_t false_alarms;       ///< controls with an alarm
  double false_alarm_rate;        ///< of the controls
  Interval false_alarm_interval;  ///< Clopper-Pearson, 95 %
  std::vector<double> leads;      ///< steps from alarm to event, one a run; 0 for a miss
  double median_lead;             ///< in steps
  Interval lead_quartiles;        ///< in steps
  double auc;                     ///< over runs, of the largest value held for K recordings
};

/// A point of the curve of lead against false alarms.
struct TradeOff {
  double threshold;         ///< above which there is an alarm
  double false_alarm_rate;  ///< of the controls
  double detection_rate;    ///< of the events
  double median_lead;       ///< in steps, a miss counting 0
};

/// Two detectors on the same runs: differences of leads, first minus second.
struct PairedDifference {
  double median;       ///< of the differences, in steps
  Interval quartiles;  ///< of the differences
  double wins;         ///< share of runs in which the first is earlier
  double losses;       ///< in which it is later; the rest are ties
};

/// The largest value held for `hold` recordings in a row: an alarm at a threshold is raised exactly when this
/// exceeds it. -infinity ("no statement") when there is none.
double sustained_maximum(const Watch& watch, std::size_t hold);

/// The step of the recording that completes `hold` in a row above the threshold, if any.
std::optional<std::int64_t> first_alarm(const Watch& watch, double threshold, std::size_t hold);

/// The recordings at which the value held for `hold` recordings in a row reaches a new maximum: all that
/// scoring can ever ask of a watch. Scored with a hold of 1, it gives what the whole gives with `hold`.
Watch rises(const Watch& watch, std::size_t hold);

/// The lowest threshold that lets at most ⌊0.05 N⌋ of N event-free runs alarm, given their sustained maxima.
/// NaN, which nothing exceeds, when no more of them than that made any statement (a maximum of -infinity):
/// they do not know what is normal. Throws UsageError without runs.
double calibrated_threshold(std::vector<double> maxima, double rate = 0.05);

/// Throws UsageError when one of the three sets is empty.
Score score(const WatchSet& runs, std::size_t hold);

/// The curve at the sustained maxima of those controls that made a statement, false alarms falling.
std::vector<TradeOff> trade_off(const WatchSet& runs, std::size_t hold);

/// Throws UsageError when the numbers of runs differ or are zero.
PairedDifference paired_difference(std::span<const double> first, std::span<const double> second);

}  // namespace premelt
