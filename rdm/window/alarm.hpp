#pragma once
/// Sustained-crossing alarms: causal, re-arming. (ours, theory §6)

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "rdm/window/event.hpp"

namespace premelt {

/// When a statistic counts as risen.
///
/// Without `threshold`: it exceeds `factor` × its running minimum (since burn-in or re-arming) and the losses
/// changed by at least `least_change` of their mean, in `hold` consecutive recordings. It re-arms when it has
/// fallen to 1/`factor` of its maximum since the alarm, and the minimum restarts there. A ratio has no scale
/// of its own: `least_change` keeps it from alarming on changes nobody would call one.
///
/// With `threshold` (a null threshold, or a reference level × factor): it exceeds the threshold in `hold`
/// consecutive recordings. It re-arms after `hold` consecutive recordings at or below it.
struct AlarmRule {
  double factor = 10;                              ///< F > 1
  std::size_t hold = 3;                            ///< K ≥ 1
  std::int64_t burn_in = 0;                        ///< the first step that counts
  double least_change = 0.01;                      ///< of the window's rms change relative to the mean loss
  std::optional<double> threshold = std::nullopt;  ///< in units of the statistic
};

/// Applies an AlarmRule to one statistic, recording by recording.
class Alarm {
 public:
  /// `statistic` names what is watched, for the event. Throws UsageError on a rule outside the bounds above.
  explicit Alarm(AlarmRule rule, std::string statistic = "shc");

  /// `relative_change` is the rms loss change √(tr C/n) over the mean loss; it plays no part with a fixed
  /// threshold. A NaN statistic interrupts a run of crossings and never becomes the minimum. A minimum of
  /// zero (constant losses) is exceeded by any positive statistic, provided the change is large enough.
  /// Throws DataError when a statistic judged against its minimum is negative: ratios to it say nothing.
  std::optional<Event> push(std::int64_t step, double value, double relative_change);

  /// Armed: the next sustained crossing raises an alarm.
  bool armed() const { return armed_; }
  /// What the statistic has to exceed now; infinite before the first counted recording.
  double threshold() const;

 private:
  bool exceeds(double value, double relative_change) const;
  void watch_for_return(std::int64_t step, double value);
  std::string explain(double relative_change) const;

  AlarmRule rule_;
  std::string statistic_;
  bool armed_ = true;
  std::size_t in_a_row_ = 0;  ///< consecutive crossings while armed, consecutive returns while not
  double minimum_;            ///< since burn-in or re-arming
  std::int64_t minimum_step_ = 0;
  double maximum_ = 0;  ///< since the alarm
};

}  // namespace premelt
