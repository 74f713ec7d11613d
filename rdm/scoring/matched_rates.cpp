#include "rdm/scoring/matched_rates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Of the mean of so many values; 0 where there is one only.
double variance_of_mean(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double centre = mean(values);
  double sum = 0;
  for (double x : values) sum += (x - centre) * (x - centre);
  return sum / static_cast<double>((values.size() - 1) * values.size());
}

}  // namespace

/// By horizon: which runs alarm in time, and between which horizons each alarming control counts.
struct MatchedPairs::Alarms {
  struct Stretch {
    std::size_t control, from, to;  ///< horizons `from` to `to`, the last excluded
  };
  std::vector<bool> detected;     ///< matched runs, by horizon
  std::vector<Stretch> controls;  ///< those that alarm
};

MatchedPairs::MatchedPairs(const Half& half) : half_(half), order_(half.events.size()) {
  if (half.events.empty() || half.controls.empty())
    throw UsageError("scoring needs runs with the event and controls without it: there are " +
                     std::to_string(half.events.size()) + " and " + std::to_string(half.controls.size()));
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return half.events[i].end; });
  for (std::size_t i : order_) horizons_.push_back(half.events[i].end);
  for (const Rises& control : half.controls) {
    const auto so_long = std::ranges::upper_bound(horizons_, control.end) - horizons_.begin();
    watched_.push_back(static_cast<std::size_t>(so_long));
    left_out_ += horizons_.size() - watched_.back();
    for (std::size_t k = 0; k < control.times.size() && control.times[k] <= horizons_.back(); ++k)
      levels_.push_back(control.levels[k]);
  }
  matched_runs_ = std::ranges::max(watched_);
  std::ranges::sort(levels_);
  levels_.erase(std::unique(levels_.begin(), levels_.end()), levels_.end());
}

Sample MatchedPairs::all_once() const {
  return {std::vector<std::uint32_t>(half_.events.size(), 1),
          std::vector<std::uint32_t>(half_.controls.size(), 1)};
}

MatchedPairs::Alarms MatchedPairs::alarms(double threshold) const {
  Alarms found;
  for (std::size_t k = 0; k < matched_runs_; ++k) {
    const auto time = alarm_time(half_.events[order_[k]], threshold);
    found.detected.push_back(time && *time <= horizons_[k]);
  }
  for (std::size_t j = 0; j < half_.controls.size(); ++j) {
    const auto time = alarm_time(half_.controls[j], threshold);
    if (!time) continue;
    const auto from =
        static_cast<std::size_t>(std::ranges::lower_bound(horizons_, *time) - horizons_.begin());
    if (from < watched_[j]) found.controls.push_back({j, from, watched_[j]});
  }
  return found;
}

double MatchedPairs::false_alarm_rate(const Alarms& alarms, const Sample& sample) const {
  // Where the number of alarming and of watched controls changes, from one horizon to the next.
  std::vector<std::int64_t> alarming(horizons_.size() + 1), watched(horizons_.size() + 1);
  for (const auto& [control, from, to] : alarms.controls) {
    alarming[from] += sample.controls[control];
    alarming[to] -= sample.controls[control];
  }
  for (std::size_t j = 0; j < watched_.size(); ++j) {
    watched[0] += sample.controls[j];
    watched[watched_[j]] -= sample.controls[j];
  }
  std::int64_t alarms_now = 0, watched_now = 0;
  double sum = 0, runs = 0;
  for (std::size_t k = 0; k < matched_runs_; ++k) {
    alarms_now += alarming[k];
    watched_now += watched[k];
    const double count = sample.runs[order_[k]];
    if (watched_now == 0 || count == 0) continue;
    sum += count * (static_cast<double>(alarms_now) / static_cast<double>(watched_now));
    runs += count;
  }
  return runs > 0 ? sum / runs : undefined;
}

double MatchedPairs::detection_rate(double threshold) const {
  if (matched_runs_ == 0) return undefined;
  const Alarms found = alarms(threshold);
  return static_cast<double>(std::ranges::count(found.detected, true)) / static_cast<double>(matched_runs_);
}

double MatchedPairs::false_alarm_rate(double threshold) const {
  return false_alarm_rate(alarms(threshold), all_once());
}

double MatchedPairs::threshold(const Sample& sample, double rate) const {
  // A hair more, so that 5 of 100 is 5 %. A rate that is undefined is none that is low enough.
  const auto low_enough = [&](double c) { return false_alarm_rate(alarms(c), sample) <= rate + 1e-12; };
  if (low_enough(-infinity)) return undefined;
  const auto lowest = std::ranges::partition_point(levels_, [&](double level) { return !low_enough(level); });
  return lowest != levels_.end() && std::isfinite(*lowest) ? *lowest : undefined;
}

std::pair<std::vector<double>, std::vector<double>> MatchedPairs::resampled_rates(
    double threshold, const std::vector<Sample>& samples) const {
  const Alarms found = alarms(threshold);
  std::pair<std::vector<double>, std::vector<double>> rates;
  for (const Sample& sample : samples) {
    double detected = 0, runs = 0;
    for (std::size_t k = 0; k < matched_runs_; ++k) {
      const double count = sample.runs[order_[k]];
      runs += count;
      if (found.detected[k]) detected += count;
    }
    const double wrong = false_alarm_rate(found, sample);
    if (runs > 0) rates.first.push_back(detected / runs);
    if (!std::isnan(wrong)) rates.second.push_back(wrong);
  }
  return rates;
}

double MatchedPairs::preference(std::size_t run, std::size_t control) const {
  const std::int64_t horizon = half_.events[run].end;
  const double with = highest(half_.events[run], horizon),
               without = highest(half_.controls[control], horizon);
  return with > without ? 1 : with == without ? 0.5 : 0;
}

double MatchedPairs::auc() const {
  if (matched_runs_ == 0) return undefined;
  double sum = 0;
  for (std::size_t k = 0; k < matched_runs_; ++k) {
    double wins = 0, pairs = 0;
    for (std::size_t j = 0; j < watched_.size(); ++j) {
      if (k >= watched_[j]) continue;
      wins += preference(order_[k], j);
      ++pairs;
    }
    sum += wins / pairs;
  }
  return sum / static_cast<double>(matched_runs_);
}

Interval MatchedPairs::auc_interval() const {
  const double value = auc();
  if (std::isnan(value)) return {undefined, undefined};
  std::vector<double> by_run(matched_runs_), by_control;
  std::vector<double> controls_of(matched_runs_);
  for (std::size_t j = 0; j < watched_.size(); ++j) {
    double wins = 0;
    for (std::size_t k = 0; k < watched_[j]; ++k) {
      const double won = preference(order_[k], j);
      wins += won;
      by_run[k] += won;
      ++controls_of[k];
    }
    if (watched_[j] > 0) by_control.push_back(wins / static_cast<double>(watched_[j]));
  }
  for (std::size_t k = 0; k < matched_runs_; ++k) by_run[k] /= controls_of[k];
  if (value == 0 || value == 1) {
    const std::size_t disjoint = std::min(by_run.size(), by_control.size());
    return clopper_pearson(value == 1 ? disjoint : 0, disjoint);
  }
  const double error = 1.959964 * std::sqrt(variance_of_mean(by_run) + variance_of_mean(by_control));
  return {std::max(0.0, value - error), std::min(1.0, value + error)};
}

}  // namespace premelt
