#include "rdm/scoring/scoring.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// Resamples of the band of leads: fewer, since each sets a threshold of its own.
constexpr std::size_t band_count = 200;

constexpr Interval no_interval{undefined, undefined};

double share(std::ptrdiff_t count, std::size_t total) {
  return static_cast<double>(count) / static_cast<double>(total);
}

Interval quartiles(std::span<const double> values) {
  return {quantile(values, 0.25), quantile(values, 0.75)};
}

std::int64_t longest_horizon(const Half& half) {
  return std::ranges::max(half.events, {}, &Rises::end).end;
}

double median_share(const std::vector<Rises>& events, std::span<const double> leads) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < events.size(); ++i)
    shares.push_back(events[i].end > 0 ? leads[i] / static_cast<double>(events[i].end) : 0);
  return median(shares);
}

std::size_t at_first_recording(const std::vector<Rises>& events, double threshold) {
  return static_cast<std::size_t>(std::ranges::count_if(
      events, [&](const Rises& run) { return alarm_time(run, threshold) == run.earliest; }));
}

std::vector<std::optional<std::int64_t>> control_alarms(const Half& half, double threshold) {
  std::vector<std::optional<std::int64_t>> alarms;
  for (const Rises& control : half.controls) {
    const auto time = alarm_time(control, threshold);
    alarms.push_back(time && *time <= longest_horizon(half) ? time : std::nullopt);
  }
  return alarms;
}

/// Of the median lead, when the threshold comes from other development controls. A threshold that these do
/// not give is a lead of 0.
Interval lead_band(const MatchedPairs& development, const std::vector<Sample>& samples,
                   const std::vector<Rises>& events) {
  std::map<double, double> by_threshold;
  std::vector<double> leads;
  for (Sample sample : samples) {
    std::ranges::fill(sample.runs, 1u);
    const double threshold = development.threshold(sample);
    if (std::isnan(threshold)) {
      leads.push_back(0);
      continue;
    }
    const auto [found, fresh] = by_threshold.try_emplace(threshold, 0.0);
    if (fresh) found->second = median(leads_at(events, threshold));
    leads.push_back(found->second);
  }
  return percentile_interval(std::move(leads));
}

Score undefined_score(const Half& held_out) {
  Score score{};
  for (double* number : {&score.threshold, &score.development_lead, &score.detection_rate,
                         &score.false_alarm_rate, &score.median_lead, &score.median_share, &score.auc})
    *number = undefined;
  for (Interval* interval : {&score.detection_interval, &score.false_alarm_interval, &score.alarmed_interval,
                             &score.lead_quartiles, &score.lead_band, &score.auc_interval})
    *interval = no_interval;
  score.leads.assign(held_out.events.size(), undefined);
  return score;
}

}  // namespace

std::vector<double> leads_at(const std::vector<Rises>& events, double threshold) {
  std::vector<double> leads;
  for (const Rises& run : events) {
    const auto alarm = alarm_time(run, threshold);
    leads.push_back(alarm && *alarm <= run.end ? static_cast<double>(run.end - *alarm) : 0);
  }
  return leads;
}

const std::vector<Sample>& Scorer::samples(const Half& half, const char* stream, std::size_t count) {
  auto& kept = count == band_count ? development_ : held_out_;
  auto& found = kept[{half.events.size(), half.controls.size()}];
  if (found.empty()) found = resamples(half.events.size(), half.controls.size(), stream, count);
  return found;
}

Score Scorer::score(const Halves& halves) {
  const Half& held_out = halves.held_out;
  const MatchedPairs development(halves.development), pairs(held_out);
  const double threshold = development.threshold(development.all_once());
  if (std::isnan(threshold) || pairs.matched_runs() == 0) return undefined_score(held_out);

  Score result{};
  result.threshold = threshold;
  result.development_lead = median(leads_at(halves.development.events, threshold));
  const auto [detected, wrong] =
      pairs.resampled_rates(threshold, samples(held_out, "resampled rates", resample_count));
  result.detection_rate = pairs.detection_rate(threshold);
  result.detection_interval = rate_interval(result.detection_rate, detected, pairs.matched_runs());
  result.false_alarm_rate = pairs.false_alarm_rate(threshold);
  result.false_alarm_interval = rate_interval(result.false_alarm_rate, wrong, held_out.controls.size());
  result.control_alarms = control_alarms(held_out, threshold);
  result.alarmed_controls = static_cast<std::size_t>(
      std::ranges::count_if(result.control_alarms, [](const auto& alarm) { return alarm.has_value(); }));
  result.alarmed_interval = clopper_pearson(result.alarmed_controls, held_out.controls.size());
  result.leads = leads_at(held_out.events, threshold);
  result.median_lead = median(result.leads);
  result.lead_quartiles = quartiles(result.leads);
  result.lead_band = lead_band(development, samples(halves.development, "resampled thresholds", band_count),
                               held_out.events);
  result.median_share = median_share(held_out.events, result.leads);
  result.auc = pairs.auc();
  result.auc_interval = pairs.auc_interval();
  result.first_recording_alarms = at_first_recording(held_out.events, threshold);
  return result;
}

std::vector<TradeOff> trade_off(const Half& half) {
  const MatchedPairs pairs(half);
  std::vector<double> thresholds;
  for (const Rises& control : half.controls) thresholds.push_back(highest(control, longest_horizon(half)));
  std::erase_if(thresholds, [](double x) { return !std::isfinite(x); });
  std::ranges::sort(thresholds);
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  std::vector<TradeOff> curve;
  for (double threshold : thresholds)
    curve.push_back({threshold, pairs.false_alarm_rate(threshold), pairs.detection_rate(threshold),
                     median(leads_at(half.events, threshold))});
  return curve;
}

PairedDifference paired_difference(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size() || first.empty()) {
    throw UsageError("paired_difference: " + std::to_string(first.size()) + " and " +
                     std::to_string(second.size()) + " runs cannot be paired");
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) differences.push_back(first[i] - second[i]);
  const auto positive = std::ranges::count_if(differences, [](double x) { return x > 0; });
  const auto negative = std::ranges::count_if(differences, [](double x) { return x < 0; });
  return {median(differences), quartiles(differences), share(positive, differences.size()),
          share(negative, differences.size())};
}

}  // namespace premelt
