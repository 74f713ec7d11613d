#pragma once
/// Detections and false alarms over the same time: a control is given as long to fail as each run with the
/// event is given to succeed, run by run. (ours, theory §6)

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rdm/scoring/watched.hpp"
#include "rdm/window/null.hpp"

namespace premelt {

/// Runs of one event seen by one detector, and the same without the event: one half of a sweep.
struct Half {
  std::vector<Rises> events;    ///< N runs; `end` is the horizon h
  std::vector<Rises> controls;  ///< M runs; `end` is how long each was watched
};

/// How often each run and each control counts: all once for the half itself, else a resample of it.
struct Sample {
  std::vector<std::uint32_t> runs;      ///< (N)
  std::vector<std::uint32_t> controls;  ///< (M)
};

/// The pairs of a run with the event and a control that was watched at least as long. Pairs whose control was
/// watched for less are left out; a run of which none is left is *unmatched* and left out of all rates, so
/// that a detector that knows nothing but the time since the segment's start (a clock) has D(c) = F(c) for
/// every c and an AUC of 1/2, exactly.
class MatchedPairs {
 public:
  /// `half` has to outlive this. Throws UsageError when it lacks runs or controls.
  explicit MatchedPairs(const Half& half);

  /// Each counted once.
  Sample all_once() const;
  /// Of the N·M pairs.
  std::size_t left_out() const { return left_out_; }
  /// Runs with at least one control.
  std::size_t matched_runs() const { return matched_runs_; }

  /// D(c): share of the matched runs that alarm at or before their event. NaN when no run is matched.
  double detection_rate(double threshold) const;
  /// F(c): mean over the matched runs of the share of their controls that alarm within the run's horizon. NaN
  /// when no run is matched. O((N + M) log(N + M)) for any number of recordings.
  double false_alarm_rate(double threshold) const;
  /// The lowest c with F(c) at most `rate`. NaN, which nothing exceeds, when F is that low for every
  /// statement: then too few controls made one to tell what is normal.
  double threshold(const Sample& sample, double rate = 0.05) const;

  /// D(c) and F(c) in each sample. O(N + M) a sample.
  std::pair<std::vector<double>, std::vector<double>> resampled_rates(
      double threshold, const std::vector<Sample>& samples) const;

  /// AUC: the probability that the largest sustained value of a run exceeds that of a control within the
  /// run's horizon, ties counting half; mean over matched runs of the mean over their controls. NaN when no
  /// run is matched.
  double auc() const;
  /// 95 % interval of `auc`: normal, with the variance of DeLong, DeLong and Clarke-Pearson (Biometrics 44,
  /// 1988). Where the AUC is 0 or 1 the exact binomial interval of min(N, M) disjoint pairs.
  Interval auc_interval() const;

 private:
  struct Alarms;
  Alarms alarms(double threshold) const;
  double false_alarm_rate(const Alarms& alarms, const Sample& sample) const;
  double preference(std::size_t run, std::size_t control) const;

  const Half& half_;
  std::vector<std::size_t> order_;      ///< runs by horizon
  std::vector<std::int64_t> horizons_;  ///< ascending
  std::vector<std::size_t> watched_;    ///< for each control: how many of the horizons it was watched for
  std::vector<double> levels_;          ///< of the controls within the longest horizon, ascending
  std::size_t left_out_ = 0;
  std::size_t matched_runs_ = 0;  ///< the first so many of `order_`
};

}  // namespace premelt
