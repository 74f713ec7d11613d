#include "rdm/scoring/scoring.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "engine/tensor/error.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

std::vector<double> maxima(const std::vector<Watch>& watches, std::size_t hold) {
  std::vector<double> result;
  for (const Watch& watch : watches) result.push_back(sustained_maximum(watch, hold));
  return result;
}

std::vector<double> leads(const std::vector<Watch>& events, double threshold, std::size_t hold) {
  std::vector<double> result;
  for (const Watch& watch : events) {
    const auto alarm = first_alarm(watch, threshold, hold);
    result.push_back(alarm ? static_cast<double>(watch.end - *alarm) : 0);
  }
  return result;
}

std::size_t count_above(std::span<const double> values, double threshold) {
  return static_cast<std::size_t>(std::ranges::count_if(values, [&](double x) { return x > threshold; }));
}

double share(std::size_t count, std::size_t total) {
  return static_cast<double>(count) / static_cast<double>(total);
}

Interval quartiles(std::span<const double> values) {
  return {quantile(values, 0.25), quantile(values, 0.75)};
}

void check(const WatchSet& runs) {
  for (const auto* set : {&runs.events, &runs.calibration, &runs.controls}) {
    if (set->empty()) throw UsageError("score: needs runs with the event, for calibration and as controls");
  }
}

}  // namespace

Watch rises(const Watch& watch, std::size_t hold) {
  Watch result{{}, {}, watch.end};
  for (std::size_t t = hold; t <= watch.values.size(); ++t) {
    const auto held = std::span(watch.values).subspan(t - hold, hold);
    if (std::ranges::any_of(held, [](double x) { return std::isnan(x); })) continue;
    const double least = std::ranges::min(held);
    if (!result.values.empty() && least <= result.values.back()) continue;
    result.steps.push_back(watch.steps[t - 1]);
    result.values.push_back(least);
  }
  return result;
}

double sustained_maximum(const Watch& watch, std::size_t hold) {
  const Watch record = rises(watch, hold);
  return record.values.empty() ? -std::numeric_limits<double>::infinity() : record.values.back();
}

std::optional<std::int64_t> first_alarm(const Watch& watch, double threshold, std::size_t hold) {
  std::size_t in_a_row = 0;
  for (std::size_t t = 0; t < watch.values.size(); ++t) {
    in_a_row = watch.values[t] > threshold ? in_a_row + 1 : 0;
    if (in_a_row == hold) return watch.steps[t];
  }
  return std::nullopt;
}

double calibrated_threshold(std::vector<double> maxima, double rate) {
  if (maxima.empty()) throw UsageError("calibrated_threshold: no event-free run");
  // A hair above the product, so that 0.05 · 20 counts as 1.
  const auto allowed = static_cast<std::size_t>(rate * static_cast<double>(maxima.size()) + 1e-9);
  std::ranges::sort(maxima, std::greater<>());
  const double threshold = maxima[std::min(allowed, maxima.size() - 1)];
  return std::isfinite(threshold) ? threshold : std::numeric_limits<double>::quiet_NaN();
}

Score score(const WatchSet& runs, std::size_t hold) {
  check(runs);
  const std::vector<double> with = maxima(runs.events, hold), without = maxima(runs.controls, hold);
  Score result;
  result.threshold = calibrated_threshold(maxima(runs.calibration, hold));
  result.detection_rate = share(count_above(with, result.threshold), with.size());
  result.false_alarms = count_above(without, result.threshold);
  result.false_alarm_rate = share(result.false_alarms, without.size());
  result.false_alarm_interval = clopper_pearson(result.false_alarms, without.size());
  result.leads = leads(runs.events, result.threshold, hold);
  result.median_lead = median(result.leads);
  result.lead_quartiles = quartiles(result.leads);
  result.auc = auc(with, without);
  return result;
}

std::vector<TradeOff> trade_off(const WatchSet& runs, std::size_t hold) {
  check(runs);
  const std::vector<double> with = maxima(runs.events, hold), without = maxima(runs.controls, hold);
  std::vector<double> thresholds = without;
  std::erase_if(thresholds, [](double x) { return !std::isfinite(x); });
  std::ranges::sort(thresholds);
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  std::vector<TradeOff> curve;
  for (double threshold : thresholds) {
    curve.push_back({threshold, share(count_above(without, threshold), without.size()),
                     share(count_above(with, threshold), with.size()),
                     median(leads(runs.events, threshold, hold))});
  }
  return curve;
}

PairedDifference paired_difference(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size() || first.empty()) {
    throw UsageError("paired_difference: " + std::to_string(first.size()) + " and " +
                     std::to_string(second.size()) + " runs cannot be paired");
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(first[i] - second[i]);
  const auto positive = count_above(differences, 0);
  const auto negative =
      static_cast<std::size_t>(std::ranges::count_if(differences, [](double x) { return x < 0; }));
  return {median(differences), quartiles(differences), share(positive, differences.size()),
          share(negative, differences.size())};
}

}  // namespace premelt
