/// The scorer judges synthetic detectors whose lead and false-alarm rate are known.

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/scoring/scoring.hpp"

using namespace premelt;

namespace {

constexpr std::int64_t event = 200;
constexpr std::size_t hold = 3;
/// 0 before `from`, `height` from there to the end.
Watch step_function(std::int64_t from, double height) {
  Watch watch{{}, {}, event};
  for (std::int64_t t = 0; t <= event; ++t) {
    watch.steps.push_back(t);
    watch.values.push_back(t >= from ? height : 0.0);
  }
  return watch;
}

}  // namespace

TEST_CASE("a detector of known lead, detection and false-alarm rate is scored right", "[unit]") {
  WatchSet runs;
  for (int i = 0; i < 40; ++i) {
    // 30 of 40 events are foretold 100 - i steps ahead, K - 1 steps of which pass in confirming.
    runs.events.push_back(step_function(100 + i, i < 30 ? 10 : 0));
    // Maxima 0.1 to 4.0, of which ⌊0.05·40⌋ = 2 may alarm: the threshold is the third largest.
    runs.calibration.push_back(step_function(50, (i + 1) / 10.0));
    // 6 of 40 controls exceed it.
    runs.controls.push_back(step_function(50, i < 6 ? 5 : 1));
  }
  const Score found = score(runs, hold);
  CHECK(found.threshold == 3.8);
  CHECK(found.detection_rate == 0.75);
  CHECK(found.false_alarms == 6);
  CHECK(found.false_alarm_rate == 0.15);
  CHECK(found.false_alarm_interval.low == Approx(0.0571).margin(1e-4));
  CHECK(found.false_alarm_interval.high == Approx(0.2984).margin(1e-4));
  REQUIRE(found.leads.size() == 40);
  CHECK(found.leads[0] == 98);
  CHECK(found.leads[29] == 69);
  CHECK(found.leads[30] == 0);
  CHECK(found.median_lead == 78.5);
  CHECK(found.lead_quartiles.low == Approx(51.75));
  // 10 events at 0, 6 controls at 5, 34 at 1: 30·40 wins of 40·40.
  CHECK(found.auc == 0.75);
}

TEST_CASE("noise is scored as noise", "[unit]") {
  Rng rng(11, "noise");
  const auto noise = [&] {
    Watch watch = step_function(0, 0);
    for (double& x : watch.values) x = rng.normal();
    return watch;
  };
  WatchSet runs;
  for (int i = 0; i < 4000; ++i) {
    runs.events.push_back(noise());
    runs.calibration.push_back(noise());
    runs.controls.push_back(noise());
  }
  const Score found = score(runs, hold);
  CHECK(found.auc == Approx(0.5).margin(0.03));
  CHECK(found.detection_rate ==
        Approx(0.05).margin(0.02));  // 4 standard deviations of a rate over a threshold
  CHECK(found.false_alarm_rate == Approx(0.05).margin(0.02));
  CHECK(found.median_lead == 0);
}

TEST_CASE("an alarm is raised exactly when the sustained maximum exceeds the threshold", "[unit]") {
  const Watch watch{{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}, {5, 1, 3, 4, undefined, 9, 9, 2, 3, 3}, 18};
  CHECK(sustained_maximum(watch, 1) == 9);
  CHECK(sustained_maximum(watch, 2) == 9);
  CHECK(sustained_maximum(watch, 3) == 2);
  CHECK(sustained_maximum(watch, 11) == -std::numeric_limits<double>::infinity());
  CHECK(first_alarm(watch, 2, 2) == 6);
  CHECK(first_alarm(watch, 8.9, 2) == 12);
  CHECK_FALSE(first_alarm(watch, 2, 3).has_value());
  CHECK(first_alarm(watch, 1.9, 3) == 14);

  const Watch record = rises(watch, 2);
  CHECK(record.steps == std::vector<std::int64_t>{2, 6, 12});
  CHECK(record.values == std::vector<double>{1, 3, 9});
  for (double threshold : {0.5, 1.0, 2.0, 3.0, 8.9, 9.0})
    CHECK(first_alarm(record, threshold, 1) == first_alarm(watch, threshold, 2));
}

TEST_CASE("the threshold lets at most a twentieth of the calibration runs alarm", "[unit]") {
  std::vector<double> maxima;
  for (int i = 1; i <= 19; ++i) maxima.push_back(i);
  CHECK(calibrated_threshold(maxima) == 19);
  maxima.push_back(20);
  CHECK(calibrated_threshold(maxima) == 19);
  CHECK_THROWS_AS(calibrated_threshold({}), UsageError);
}

TEST_CASE("a statistic without a statement in calibration never alarms", "[unit]") {
  const Watch silent{{0, 10, 20}, {undefined, undefined, undefined}, event};
  WatchSet runs;
  for (int i = 0; i < 20; ++i) {
    runs.events.push_back(step_function(100, 1));
    runs.calibration.push_back(i == 0 ? step_function(0, 1) : silent);  // one statement in twenty runs
    runs.controls.push_back(i < 5 ? step_function(0, 1) : silent);
  }
  const Score found = score(runs, hold);
  CHECK(std::isnan(found.threshold));
  CHECK(found.detection_rate == 0);
  CHECK(found.false_alarms == 0);
  CHECK(found.median_lead == 0);
  CHECK(found.auc >= 0);
  const auto curve = trade_off(runs, hold);
  REQUIRE(curve.size() == 1);
  CHECK(curve[0].threshold == 1);
  runs.calibration[1] = step_function(0, 0.5);  // two: the larger one may alarm
  CHECK(score(runs, hold).threshold == 0.5);
  CHECK(score(runs, hold).detection_rate == 1);
}

TEST_CASE("false alarms fall along the curve of lead against false alarms", "[property]") {
  WatchSet runs;
  for (int i = 0; i < 20; ++i) {
    runs.events.push_back(step_function(10 * i, 20));
    runs.calibration.push_back(step_function(0, i));
    runs.controls.push_back(step_function(0, i));
  }
  const auto curve = trade_off(runs, hold);
  REQUIRE(curve.size() == 20);
  CHECK(curve.front().false_alarm_rate == 0.95);
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
