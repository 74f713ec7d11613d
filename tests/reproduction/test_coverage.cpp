/// Simulated sweeps of known truth: what is said about them is as sure as it claims to be.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine/tensor/random.hpp"
#include "rdm/scoring/verdict.hpp"
#include "tests/reproduction/measured.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int sweeps = 1000;
constexpr std::size_t runs = 30;
constexpr std::int64_t shortest = 50, longest = 150, never = 1'000'000;

/// A run that alarms at one time, at any threshold below 1.
Rises alarm_at(std::int64_t time, std::int64_t end) {
  return {{time}, {1.0}, end, 1};
}

std::int64_t random_horizon(Rng& random) {
  return shortest + static_cast<std::int64_t>(random.below(longest - shortest + 1));
}

/// P(A <= h) of controls that alarm at a constant rate, over all horizons.
double true_false_alarms(double rate) {
  double sum = 0;
  for (std::int64_t h = shortest; h <= longest; ++h) sum += 1 - std::exp(-rate * static_cast<double>(h));
  return sum / static_cast<double>(longest - shortest + 1);
}

double rate_for(double false_alarms) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i)
    (true_false_alarms((low + high) / 2) < false_alarms ? low : high) = (low + high) / 2;
  return low;
}

/// The threshold is 0.5: the development controls do not exceed it and no lower one is exceeded by few.
Halves simulated(Rng& random, std::size_t controls, double alarm_rate, double detection) {
  Halves halves;
  halves.development.events.assign(runs, alarm_at(1, longest));
  halves.development.controls.assign(20, {{1}, {0.5}, longest, 1});
  for (std::size_t i = 0; i < runs; ++i) {
    const std::int64_t horizon = random_horizon(random);
    halves.held_out.events.push_back(alarm_at(random.uniform() < detection ? horizon / 2 : never, horizon));
  }
  for (std::size_t j = 0; j < controls; ++j) {
    const double time = std::ceil(-std::log(random.uniform()) / alarm_rate);
    halves.held_out.controls.push_back(
        alarm_at(time < 1e5 ? static_cast<std::int64_t>(time) : never, longest));
  }
  return halves;
}

bool covers(const Interval& interval, double truth) {
  return interval.low <= truth && truth <= interval.high;
}

DetectorScore with_leads(const std::string& name, std::vector<double> leads) {
  Score score{};
  score.false_alarm_interval = {0, 0.1};
  score.leads = std::move(leads);
  return {name, score, {}};
}

/// SHC leads a rival by these steps, in a sweep of one event.
Verdict verdict_of(const std::vector<double>& differences) {
  EventScores event{.event = "melt", .window = 10};
  event.seeds.assign(differences.size(), 0);
  event.detectors = {with_leads("shc", differences),
                     with_leads("mean_drop", std::vector<double>(differences.size(), 0.0))};
  std::vector<EventScores> events{event};
  decide(events, 10);
  return *events.front().verdict;
}

}  // namespace

TEST_CASE("coverage: intervals of F and D contain the truth", "[reproduction]") {
  struct Truth {
    const char* name;
    std::size_t controls;
    double false_alarms, detection;
  };
  Measured measured("coverage/rates");
  for (const Truth& truth : {Truth{"common", 100, 0.10, 0.8}, Truth{"rare", 100, 0.03, 0.95},
                             Truth{"few_controls", 30, 0.05, 0.5}}) {
    Rng random(1, truth.name);
    Scorer scorer;
    const double alarm_rate = rate_for(truth.false_alarms);
    double of_alarms = 0, of_detections = 0;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      const Score found = scorer.score(simulated(random, truth.controls, alarm_rate, truth.detection));
      REQUIRE(found.threshold == 0.5);
      of_alarms += covers(found.false_alarm_interval, truth.false_alarms);
      of_detections += covers(found.detection_interval, truth.detection);
    }
    measured(std::string(truth.name) + "/false_alarms", of_alarms / sweeps);
    measured(std::string(truth.name) + "/detections", of_detections / sweeps);
    INFO(truth.name << " F " << of_alarms / sweeps << " D " << of_detections / sweeps);
    CHECK(of_alarms / sweeps >= 0.92);
    CHECK(of_detections / sweeps >= 0.92);
  }
}

TEST_CASE("coverage: the interval of the median difference contains the truth", "[reproduction]") {
  Rng random(2, "differences");
  double covered = 0;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < runs; ++i)
      differences.push_back(std::round(12 + 20 * (-std::log(random.uniform()) - std::log(2.0))));
    covered += covers(verdict_of(differences).interval, 12);
  }
  Measured measured("coverage/median");
  measured("median_difference", covered / sweeps);
  CHECK(covered / sweeps >= 0.92);
}

TEST_CASE("coverage: where nothing leads, hardly any sweep says so", "[reproduction]") {
  Rng random(3, "null");
  double wrong = 0, interval_alone = 0;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < runs; ++i) differences.push_back(std::round(20 * random.normal()));
    const Verdict verdict = verdict_of(differences);
    wrong += verdict.words != "no difference shown";
    interval_alone += !covers(verdict.interval, 0);
  }
  Measured measured("coverage/verdict");
  measured("false_verdicts", wrong / sweeps);
  measured("false_intervals", interval_alone / sweeps);
  CHECK(wrong / sweeps <= 0.05);
}
