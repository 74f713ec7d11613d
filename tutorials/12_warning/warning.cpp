/// Lesson 12: is it a warning? Thresholds set on runs without the event, false alarms counted on others,
/// rivals beside it.

#include <array>
#include <cmath>

#include "engine/tensor/random.hpp"
#include "rdm/scoring/scoring.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/null.hpp"
#include "rdm/window/spectrum.hpp"
#include "rdm/window/statistics.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

constexpr std::size_t runs = 30, hold = 3;

/// The mean probe loss of recordings begin..end-1 of the window.
double mean_loss(const LossWindow& window, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t t = begin; t < end; ++t) {
    for (const double loss : window.row(t)) sum += loss;
  }
  return sum / static_cast<double>((end - begin) * window.probes());
}

double shc(const LossWindow& window, std::int64_t) {
  return moments(window).spectral_heat_capacity();
}
double shc_detrended(const LossWindow& window, std::int64_t) {
  return moments(window, Detrend::linear).spectral_heat_capacity();
}
double mean_drop(const LossWindow& window, std::int64_t) {
  const std::size_t half = window.size() / 2;
  return mean_loss(window, 0, half) - mean_loss(window, half, window.size());
}
double mean_variance(const LossWindow& window, std::int64_t) {
  const double mean = mean_loss(window, 0, window.size());
  double sum = 0;
  for (std::size_t t = 0; t < window.size(); ++t) sum += std::pow(mean_loss(window, t, t + 1) - mean, 2);
  return sum / static_cast<double>(window.size());
}
double clock(const LossWindow&, std::int64_t step) {
  return static_cast<double>(step);
}

/// All read the same window; larger is more alarming.
struct Detector {
  const char* name;
  double (*read)(const LossWindow&, std::int64_t step);
};
constexpr std::array<Detector, 5> detectors{{{"SHC", shc},
                                             {"SHC detrended", shc_detrended},
                                             {"mean loss drop", mean_drop},
                                             {"mean variance", mean_variance},
                                             {"clock", clock}}};

/// A setting whose event is at a known step, and whose twin has none.
struct Case {
  const char* setting;
  lesson::Overrides overrides;
  std::size_t window;
  std::int64_t event;
};
const Case& noisy_schematic() {
  static const Case chosen{"schematic", {{"noise_sd", "0.2"}}, 40, 200};
  return chosen;
}
const Case& balanced_pitchfork() {
  static const Case chosen{
      "pitchfork", {{"signs", "balanced"}, {"sweep_steps", "2000"}, {"steps", "1340"}}, 100, 1333};
  return chosen;
}
const Case& mere_drift() {
  static const Case chosen{"drift", {{"sweep_steps", "2000"}, {"steps", "1340"}}, 100, 1333};
  return chosen;
}

using AllRises = std::array<Rises, detectors.size()>;

/// Every detector through one run, up to the event's step.
AllRises watch(const Case& chosen, bool event_free, std::size_t seed) {
  lesson::Overrides overrides = chosen.overrides;
  overrides.push_back({"seed", std::to_string(seed)});
  if (event_free) overrides.push_back({"control", "constant"});
  const RunTrace run = lesson::record(chosen.setting, overrides);

  LossWindow window(run.losses.shape()[1], chosen.window);
  std::array<Watched, detectors.size()> said;
  for (Watched& one : said) one.end = chosen.event;
  for (std::size_t t = 0; t < run.steps.size() && run.steps[t] <= chosen.event; ++t) {
    window.push(run.losses.row(t));
    if (!window.full()) continue;
    for (std::size_t d = 0; d < detectors.size(); ++d) {
      said[d].times.push_back(run.steps[t]);
      said[d].values.push_back(detectors[d].read(window, run.steps[t]));
    }
  }
  AllRises result;
  for (std::size_t d = 0; d < detectors.size(); ++d) result[d] = rises(said[d], hold);
  return result;
}

/// Held out: seeds 1-30 with the event, 61-90 without it. Development: 91-120 with it, 31-60 without.
std::array<Halves, detectors.size()> watch_all(const Case& chosen) {
  std::array<Halves, detectors.size()> all;
  const auto add = [&](std::size_t first, bool event_free, std::vector<Rises>& (*family)(Halves&)) {
    for (std::size_t r = 0; r < runs; ++r) {
      const AllRises one = watch(chosen, event_free, first + r);
      for (std::size_t d = 0; d < detectors.size(); ++d) family(all[d]).push_back(one[d]);
    }
  };
  add(1, false, [](Halves& h) -> std::vector<Rises>& { return h.held_out.events; });
  add(61, true, [](Halves& h) -> std::vector<Rises>& { return h.held_out.controls; });
  add(91, false, [](Halves& h) -> std::vector<Rises>& { return h.development.events; });
  add(31, true, [](Halves& h) -> std::vector<Rises>& { return h.development.controls; });
  return all;
}

std::size_t alarms(const std::vector<Rises>& family, double threshold) {
  std::size_t count = 0;
  for (const Rises& one : family) count += alarm_time(one, threshold).has_value();
  return count;
}

void thresholds() {
  const Half set = watch_all(noisy_schematic())[0].held_out;
  const double noise = window_null(60, 40, 0.2).shc_mean();
  std::printf("SHC / noise above   alarms of 30 events   of 30 twins   median lead\n");
  for (const double factor : {1.0, 1.05, 1.1, 1.15, 1.2, 1.5, 2.0}) {
    const double threshold = factor * noise;
    std::printf("%17.2f  %20zu  %12zu  %12.0f\n", factor, alarms(set.events, threshold),
                alarms(set.controls, threshold), median(leads_at(set.events, threshold)));
  }
}

void calibrate() {
  const auto [development, held_out] = watch_all(noisy_schematic())[0];
  const MatchedPairs pairs(development);
  const double threshold = pairs.threshold(pairs.all_once());
  const std::size_t wrong = alarms(held_out.controls, threshold);
  const Interval interval = clopper_pearson(wrong, runs);
  std::printf("threshold from 30 twins: %.3e\n", threshold);
  std::printf("alarms among the same 30 twins:  %zu\n", alarms(development.controls, threshold));
  std::printf("alarms among 30 other twins:     %zu, 95 %% interval %.0f-%.0f %%\n", wrong,
              100 * interval.low, 100 * interval.high);
}

void print_race(const Case& chosen) {
  std::printf("%s\ndetector        detected  false alarms  median lead    AUC\n", chosen.setting);
  const auto all = watch_all(chosen);
  Scorer scorer;
  for (std::size_t d = 0; d < detectors.size(); ++d) {
    const Score found = scorer.score(all[d]);
    std::printf("%-14s  %5.0f %%  %10.0f %%  %11.0f  %5.2f\n", detectors[d].name, 100 * found.detection_rate,
                100 * found.false_alarm_rate, found.median_lead, found.auc);
  }
}

/// The clock through a run that is watched for so many steps.
Rises clock_until(std::int64_t end) {
  Watched said{{}, {}, end};
  for (std::int64_t step = 1; step <= end; ++step) {
    said.times.push_back(step);
    said.values.push_back(static_cast<double>(step));
  }
  return rises(said, hold);
}

/// Events at another step in each run, and the clock: against twins that are all cut at the median event, and
/// against twins that are given each run's own time.
void horizons() {
  Rng rng(1, "events");
  Half set;
  std::vector<double> events;
  for (std::size_t r = 0; r < runs; ++r) {
    events.push_back(std::floor(rng.uniform(100, 300)));
    set.events.push_back(clock_until(static_cast<std::int64_t>(events.back())));
    set.controls.push_back(clock_until(300));
  }
  const std::vector<Rises> cut(runs, clock_until(static_cast<std::int64_t>(median(events))));
  const MatchedPairs pairs(set);
  std::printf("clock above   detected   of twins cut at the median event   of pairs\n");
  for (const double threshold : {120.0, 160.0, 200.0, 240.0}) {
    std::printf("%11.0f  %7.0f %%  %30.0f %%  %8.0f %%\n", threshold, 100 * pairs.detection_rate(threshold),
                100 * static_cast<double>(alarms(cut, threshold)) / runs,
                100 * pairs.false_alarm_rate(threshold));
  }
  std::printf("AUC over the pairs: %.3f\n", pairs.auc());
}

void race() {
  print_race(noisy_schematic());
}
void balanced() {
  print_race(balanced_pitchfork());
}
void drift() {
  print_race(mere_drift());
}

/// For SHC and its rivals: false-alarm rate and median lead, threshold after threshold.
void picture() {
  const auto all = watch_all(noisy_schematic());
  for (const std::size_t d : {0u, 2u, 3u}) {
    for (const TradeOff& point : trade_off(all[d].held_out)) {
      std::printf("%.4f %.1f\n", 100 * point.false_alarm_rate, point.median_lead);
    }
    std::printf("\n\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"thresholds", "any lead you like, at a price", thresholds},
                      {"calibrate", "a threshold, and its error", calibrate},
                      {"race", "SHC beside plainer statistics", race},
                      {"horizons", "a clock, and for how long twins are watched", horizons},
                      {"balanced", "a race in which the mean loss is blind", balanced},
                      {"drift", "a race with nothing to warn of", drift},
                      {"picture", "the data of picture.svg", picture}});
}
