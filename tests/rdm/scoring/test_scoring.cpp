/// The scorer judges synthetic detectors whose lead and false-alarm rate are known.

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/scoring.hpp"
#include "rdm/scoring/verdict.hpp"
#include "rdm/window/statistics.hpp"

using namespace premelt;

namespace {

constexpr std::size_t hold = 3;

/// 0 before `from`, `height` from there to the end.
Rises step_function(std::int64_t from, double height, std::int64_t end = 200) {
  Watched watched{{}, {}, end};
  for (std::int64_t t = 0; t <= end; ++t) {
    watched.times.push_back(t);
    watched.values.push_back(t >= from ? height : 0.0);
  }
  return rises(watched, hold);
}

Halves known_detector() {
  Halves halves;
  for (int i = 0; i < 40; ++i) {
    // 30 of 40 events are foretold 100 - i steps ahead, K - 1 steps of which pass in confirming.
    halves.held_out.events.push_back(step_function(100 + i, i < 30 ? 10 : 0));
    halves.development.events.push_back(step_function(80, 10));
    // Maxima 0.1 to 4.0, of which 5 % of 40 = 2 may alarm: the threshold is the third largest.
    halves.development.controls.push_back(step_function(50, (i + 1) / 10.0));
    // 6 of 40 controls exceed it.
    halves.held_out.controls.push_back(step_function(50, i < 6 ? 5 : 1));
  }
  return halves;
}

}  // namespace

TEST_CASE("a detector of known lead, detection and false-alarm rate is scored right", "[unit]") {
  const Score found = Scorer().score(known_detector());
  CHECK(found.threshold == 3.8);
  CHECK(found.development_lead == 118);
  CHECK(found.detection_rate == 0.75);
  CHECK(found.detection_interval.low == Approx(clopper_pearson(30, 40).low).margin(0.01));
  CHECK(found.detection_interval.high == Approx(clopper_pearson(30, 40).high).margin(0.01));
  CHECK(found.alarmed_controls == 6);
  CHECK(found.false_alarm_rate == Approx(0.15));
  CHECK(found.alarmed_interval.low == Approx(0.0571).margin(1e-4));
  CHECK(found.alarmed_interval.high == Approx(0.2984).margin(1e-4));
  // All controls alarm before all horizons: F is a plain proportion.
  CHECK(found.false_alarm_interval.low == Approx(0.0571).margin(0.01));
  CHECK(found.false_alarm_interval.high == Approx(0.2984).margin(0.01));
  REQUIRE(found.leads.size() == 40);
  CHECK(found.leads[0] == 98);
  CHECK(found.leads[29] == 69);
  CHECK(found.leads[30] == 0);
  CHECK(found.median_lead == 78.5);
  CHECK(found.lead_quartiles.low == Approx(51.75));
  CHECK(found.lead_band.low == 78.5);  // any threshold below 10 gives the same leads
  CHECK(found.median_share == Approx(78.5 / 200));
  // 10 events at 0, 6 controls at 5, 34 at 1: 30·40 wins of 40·40.
  CHECK(found.auc == 0.75);
  CHECK(found.auc_interval.low < 0.75);
  CHECK(found.first_recording_alarms == 0);
}

TEST_CASE("nothing of the held-out half enters the threshold or the lead of the development half", "[unit]") {
  Halves halves = known_detector();
  const Score before = Scorer().score(halves);
  // A leak of the threshold: held-out controls that are louder by far.
  for (Rises& control : halves.held_out.controls) control = step_function(50, 100);
  CHECK(Scorer().score(halves).threshold == before.threshold);
  // A leak of the horizons: held-out events that come before any control of either half has moved.
  for (Rises& run : halves.held_out.events) run = step_function(10, 1, 20);
  const Score after = Scorer().score(halves);
  CHECK(after.threshold == before.threshold);
  CHECK(after.development_lead == before.development_lead);
  // It does depend on the development half's own horizons.
  for (Rises& run : halves.development.events) run = step_function(10, 1, 20);
  CHECK_FALSE(Scorer().score(halves).threshold == before.threshold);
}

TEST_CASE("noise is scored as noise", "[unit]") {
  Rng rng(11, "noise");
  const auto noise = [&] {
    Watched watched{{}, {}, 100};
    for (std::int64_t t = 0; t <= 100; ++t) {
      watched.times.push_back(t);
      watched.values.push_back(rng.normal());
    }
    return rises(watched, hold);
  };
  Halves halves;
  for (int i = 0; i < 800; ++i) {
    for (Half* half : {&halves.development, &halves.held_out}) {
      half->events.push_back(noise());
      half->controls.push_back(noise());
    }
  }
  const Score found = Scorer().score(halves);
  CHECK(found.auc == Approx(0.5).margin(0.06));
  CHECK(found.auc_interval.low <= 0.5);
  CHECK(found.auc_interval.high >= 0.5);
  CHECK(found.detection_rate == Approx(0.05).margin(0.04));
  CHECK(found.false_alarm_rate == Approx(0.05).margin(0.04));
  CHECK(found.median_lead == 0);
}

TEST_CASE("losses that only drift give no detector an edge over the clock", "[property]") {
  // Probes fall at speeds of their own, under noise; "events" come at times that know nothing of it.
  constexpr std::size_t recordings = 70, probes = 6, runs = 60;
  Rng rng(12, "drift");
  std::map<std::string, Halves> detectors;
  const auto read = [&](std::vector<Rises> Half::*family, Half Halves::*half, std::int64_t end) {
    RunTrace run;
    run.losses = Tensor<double>(Shape{recordings, probes});
    std::vector<double> speeds;
    for (std::size_t i = 0; i < probes; ++i) speeds.push_back(0.5 + rng.uniform());
    for (std::size_t t = 0; t < recordings; ++t) {
      run.steps.push_back(static_cast<std::int64_t>(t));
      for (std::size_t i = 0; i < probes; ++i)
        run.losses(t, i) = 200 - speeds[i] * std::pow(static_cast<double>(t), 1.2) + rng.normal();
    }
    const DetectorSeries series = detector_series(run, {.window = 8, .last = static_cast<std::size_t>(end)});
    for (std::size_t d = 0; d < series.names.size(); ++d)
      (detectors[series.names[d]].*half.*family)
          .push_back(rises({series.steps, series.columns[d], end}, hold));
  };
  for (Half Halves::*half : {&Halves::development, &Halves::held_out}) {
    for (std::size_t i = 0; i < runs; ++i) {
      read(&Half::events, half, 20 + static_cast<std::int64_t>(48 * rng.uniform()));
      read(&Half::controls, half, static_cast<std::int64_t>(recordings) - 1);
    }
  }
  EventScores event{.event = "nothing", .window = 8, .window_steps = 8};
  event.seeds.assign(runs, 0);
  score_detectors(event, detectors);
  REQUIRE(event.detectors.size() > 25);
  for (const DetectorScore& entry : event.detectors) {
    INFO(entry.detector << ": D " << entry.score.detection_rate << ", F " << entry.score.false_alarm_rate
                        << ", AUC " << entry.score.auc);
    if (std::isnan(entry.score.threshold)) continue;
    CHECK(std::abs(entry.score.auc - 0.5) <= 0.15);
    CHECK(std::abs(entry.score.detection_rate - entry.score.false_alarm_rate) <= 0.12);
    CHECK(entry.score.median_lead == 0);
  }
  std::vector<EventScores> events{event};
  decide(events, 8);
  CHECK(events.front().verdict->words == "no difference shown");
  CHECK_FALSE(events.front().verdict->champion.empty());
}

TEST_CASE("a statistic without a statement in the development controls is undefined, not silent", "[unit]") {
  const Rises silent = rises({{0, 10, 20, 30}, {undefined, undefined, undefined, undefined}, 200}, hold);
  Halves halves = known_detector();
  for (Rises& control : halves.development.controls) control = silent;
  const Score found = Scorer().score(halves);
  for (double number : {found.threshold, found.development_lead, found.detection_rate, found.false_alarm_rate,
                        found.median_lead, found.auc, found.detection_interval.low, found.lead_band.high,
                        found.auc_interval.low, found.leads.front()})
    CHECK(std::isnan(number));
  CHECK(found.leads.size() == 40);
  CHECK(found.alarmed_controls == 0);
}

TEST_CASE("alarms at the first recording that admits one are counted", "[unit]") {
  Halves halves = known_detector();
  for (std::size_t i = 0; i < 5; ++i) halves.held_out.events[i] = step_function(0, 10);
  const Score found = Scorer().score(halves);
  CHECK(found.first_recording_alarms == 5);
  CHECK(found.leads[0] == 198);
}

TEST_CASE("a rate of 0 or 1 has an exact interval", "[unit]") {
  Halves halves = known_detector();
  for (Rises& control : halves.held_out.controls) control = step_function(50, 1);
  for (Rises& run : halves.held_out.events) run = step_function(50, 10);
  const Score found = Scorer().score(halves);
  CHECK(found.false_alarm_rate == 0);
  CHECK(found.false_alarm_interval.low == 0);
  CHECK(found.false_alarm_interval.high == Approx(1 - std::pow(0.025, 1.0 / 40)));
  CHECK(found.detection_rate == 1);
  CHECK(found.detection_interval.low == Approx(std::pow(0.025, 1.0 / 40)));
  CHECK(found.auc == 1);
  CHECK(found.auc_interval.low == Approx(std::pow(0.025, 1.0 / 40)));
}

TEST_CASE("thresholds that lie between two leads give a band of leads", "[unit]") {
  Halves halves = known_detector();
  // Rises to 2 after 100 steps and to 10 after 150: the two largest controls decide between 98 and 48 steps.
  for (Rises& run : halves.held_out.events) run = {{2, 102, 152}, {0, 3.85, 10}, 200, 2};
  const Score found = Scorer().score(halves);
  CHECK(found.lead_band.low == 48);
  CHECK(found.lead_band.high == 98);
}

TEST_CASE("false alarms fall along the curve of lead against false alarms", "[property]") {
  Half half;
  for (int i = 0; i < 20; ++i) {
    half.events.push_back(step_function(10 * i, 20));
    half.controls.push_back(step_function(0, i));
  }
  const auto curve = trade_off(half);
  REQUIRE(curve.size() == 20);
  CHECK(curve.front().false_alarm_rate == Approx(0.95));
  CHECK(curve.back().false_alarm_rate == 0);
  CHECK(curve.back().detection_rate == 1);
  CHECK(curve.back().median_lead == curve.front().median_lead);
}

TEST_CASE("differences are paired over runs", "[unit]") {
  const std::vector<double> first{10, 20, 30, 5}, second{8, 20, 40, 0}, shorter{1};
  const PairedDifference found = paired_difference(first, second);
  CHECK(found.median == 1);
  CHECK(found.wins == 0.5);
  CHECK(found.losses == 0.25);
  CHECK_THROWS_AS(paired_difference(first, shorter), UsageError);
}
