/// Horizon-matched rates: against plain loops over all pairs, and against a clock, which knows nothing.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/scoring/matched_rates.hpp"

using namespace premelt;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A run that says `value(t)` every `every` steps from `settled` to its end.
template <typename Value>
Rises run_of(std::int64_t end, std::int64_t every, std::int64_t settled, std::size_t hold, Value value) {
  Watched watched{{}, {}, end};
  for (std::int64_t t = settled; t <= end; t += every) {
    watched.times.push_back(t);
    watched.values.push_back(value(t));
  }
  return rises(watched, hold);
}

/// How a sweep records: the same in all of its runs.
struct Rules {
  std::int64_t every, settled;
  std::size_t hold;
};

Rules random_rules(Rng& random) {
  return {static_cast<std::int64_t>(1 + random.below(7)), static_cast<std::int64_t>(random.below(30)),
          1 + random.below(4)};
}

/// Runs with events, and controls watched up to 200 steps of which some end before the last event; the last
/// control outlasts them all.
template <typename Value>
Half random_half(Rng& random, const Rules& rules, Value value) {
  const auto time = [&](std::uint64_t least, std::uint64_t most) {
    return rules.every * static_cast<std::int64_t>((least + random.below(most - least)) /
                                                   static_cast<std::uint64_t>(rules.every));
  };
  Half half;
  const std::size_t runs = 1 + random.below(9), controls = 1 + random.below(9);
  for (std::size_t i = 0; i < runs; ++i)
    half.events.push_back(run_of(time(10, 180), rules.every, rules.settled, rules.hold, value));
  for (std::size_t j = 0; j < controls; ++j)
    half.controls.push_back(
        run_of(j + 1 < controls ? time(60, 200) : 200, rules.every, rules.settled, rules.hold, value));
  return half;
}

/// F by its definition.
double plain_false_alarms(const Half& half, double threshold) {
  double sum = 0, runs = 0;
  for (const Rises& run : half.events) {
    double alarms = 0, watched = 0;
    for (const Rises& control : half.controls) {
      if (control.end < run.end) continue;
      ++watched;
      for (std::size_t k = 0; k < control.times.size(); ++k) {
        if (control.times[k] > run.end || !(control.levels[k] > threshold)) continue;
        ++alarms;
        break;
      }
    }
    if (watched == 0) continue;
    sum += alarms / watched;
    ++runs;
  }
  return sum / runs;
}

double plain_auc(const Half& half) {
  double sum = 0, runs = 0;
  for (const Rises& run : half.events) {
    double wins = 0, watched = 0;
    for (const Rises& control : half.controls) {
      if (control.end < run.end) continue;
      double with = -infinity, without = -infinity;
      for (std::size_t k = 0; k < run.times.size(); ++k) with = std::max(with, run.levels[k]);
      for (std::size_t k = 0; k < control.times.size(); ++k) {
        if (control.times[k] <= run.end) without = std::max(without, control.levels[k]);
      }
      wins += with > without ? 1 : with == without ? 0.5 : 0;
      ++watched;
    }
    if (watched == 0) continue;
    sum += wins / watched;
    ++runs;
  }
  return sum / runs;
}

}  // namespace

TEST_CASE("a clock detects as often as it is wrong, at every threshold, and has an AUC of 1/2, exactly",
          "[property]") {
  Rng random(1, "clock");
  for (int trial = 0; trial < 300; ++trial) {
    const Rules rules = random_rules(random);
    // A drift that is the same in all runs is a clock of another face.
    const double slope = 0.1 + random.uniform();
    const Half clock = random_half(random, rules, [](std::int64_t t) { return static_cast<double>(t); });
    const Half drift =
        random_half(random, rules, [&](std::int64_t t) { return slope * std::sqrt(static_cast<double>(t)); });
    for (const Half* half : {&clock, &drift}) {
      const MatchedPairs pairs(*half);
      for (double c = -1; c <= 201; c += 0.5) REQUIRE(pairs.detection_rate(c) == pairs.false_alarm_rate(c));
      REQUIRE(pairs.auc() == 0.5);
      REQUIRE(pairs.auc_interval().low == 0.5);
    }
  }
}

TEST_CASE("matched rates are those of plain loops over all pairs", "[property]") {
  Rng random(2, "pairs");
  for (int trial = 0; trial < 200; ++trial) {
    const Rules rules = random_rules(random);
    const Half half = random_half(random, rules, [&](std::int64_t) {
      return random.uniform() < 0.1 ? undefined : std::round(4 * random.normal());
    });
    const MatchedPairs pairs(half);
    for (double c = -13; c <= 13; ++c)
      REQUIRE(pairs.false_alarm_rate(c) == Approx(plain_false_alarms(half, c)).margin(1e-12));
    REQUIRE(pairs.auc() == Approx(plain_auc(half)).margin(1e-12));
    std::size_t left_out = 0;
    for (const Rises& run : half.events)
      left_out += static_cast<std::size_t>(
          std::ranges::count_if(half.controls, [&](const Rises& control) { return control.end < run.end; }));
    CHECK(pairs.left_out() == left_out);
    // A resample is what it counts, written out.
    Sample sample = pairs.all_once();
    for (std::uint32_t& count : sample.controls) count = static_cast<std::uint32_t>(random.below(3));
    sample.controls.back() = 1;
    Half written = half;
    written.controls.clear();
    for (std::size_t j = 0; j < half.controls.size(); ++j)
      written.controls.insert(written.controls.end(), sample.controls[j], half.controls[j]);
    const auto rates = pairs.resampled_rates(1, {sample});
    REQUIRE(rates.second.size() == 1);
    REQUIRE(rates.second[0] == Approx(MatchedPairs(written).false_alarm_rate(1)).margin(1e-12));
    const double threshold = pairs.threshold(sample);
    const double same = MatchedPairs(written).threshold(MatchedPairs(written).all_once());
    REQUIRE(std::isnan(threshold) == std::isnan(same));
    if (!std::isnan(same)) REQUIRE(threshold == same);
  }
}

TEST_CASE("the threshold is the lowest at which no more than 5 % of the pairs alarm", "[property]") {
  Rng random(3, "thresholds");
  int defined = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Rules rules = random_rules(random);
    const Half half =
        random_half(random, rules, [&](std::int64_t) { return std::round(20 * random.uniform()); });
    const MatchedPairs pairs(half);
    const double threshold = pairs.threshold(pairs.all_once());
    if (std::isnan(threshold)) {
      REQUIRE(plain_false_alarms(half, -infinity) <= 0.05);  // hardly a statement in time
      continue;
    }
    ++defined;
    REQUIRE(plain_false_alarms(half, threshold) <= 0.05 + 1e-12);
    REQUIRE(plain_false_alarms(half, std::nextafter(threshold, -infinity)) > 0.05);
  }
  CHECK(defined >= 150);
}

TEST_CASE("controls are cut by each run's own horizon, not by one for all", "[unit]") {
  // A drift that reaches 100 after 100 steps, in the runs and in the controls alike.
  const auto drift = [](std::int64_t t) { return static_cast<double>(t); };
  Half half;
  for (const std::int64_t end : {50, 100, 150}) half.events.push_back(run_of(end, 1, 1, 1, drift));
  for (const std::int64_t end : {200, 120}) half.controls.push_back(run_of(end, 1, 1, 1, drift));
  const MatchedPairs pairs(half);
  // Cut at the median event of 100, no control would exceed 100, and the late run would be detected.
  CHECK(pairs.detection_rate(100) == Approx(1.0 / 3));
  CHECK(pairs.false_alarm_rate(100) == Approx(1.0 / 3));
  CHECK(pairs.left_out() == 1);  // the second control and the run of 150 steps
  CHECK(pairs.matched_runs() == 3);

  half.controls.erase(half.controls.begin());  // no control is left for the run of 150 steps
  const MatchedPairs fewer(half);
  CHECK(fewer.matched_runs() == 2);
  CHECK(fewer.detection_rate(80) == 0.5);
  CHECK(fewer.false_alarm_rate(80) == 0.5);
  half.controls.front().end = 10;
  CHECK(std::isnan(MatchedPairs(half).auc()));
  CHECK(std::isnan(MatchedPairs(half).false_alarm_rate(0)));
  half.controls.clear();
  CHECK_THROWS_AS(MatchedPairs(half), UsageError);
}

TEST_CASE("without enough statements in the controls there is no threshold", "[unit]") {
  const auto silent = [](std::int64_t) { return undefined; };
  const auto one = [](std::int64_t) { return 1.0; };
  Half half;
  half.events.push_back(run_of(100, 1, 1, 1, one));
  for (int j = 0; j < 20; ++j) half.controls.push_back(run_of(100, 1, 1, 1, silent));
  const auto threshold = [&] {
    const MatchedPairs pairs(half);
    return pairs.threshold(pairs.all_once());
  };
  CHECK(std::isnan(threshold()));
  half.controls[0] = run_of(100, 1, 1, 1, one);  // one in twenty may alarm: nothing says what is normal
  CHECK(std::isnan(threshold()));
  half.controls[1] = run_of(100, 1, 1, 1, [](std::int64_t) { return 0.5; });
  CHECK(threshold() == 0.5);
  half.controls[1] = run_of(200, 1, 101, 1, one);  // a statement after every horizon is none
  CHECK(std::isnan(threshold()));
}

TEST_CASE("of nineteen controls none may alarm, of twenty one", "[unit]") {
  Half half;
  half.events.push_back(run_of(100, 1, 1, 1, [](std::int64_t) { return 0.0; }));
  for (int j = 1; j <= 20; ++j) {
    half.controls.push_back(run_of(100, 1, 1, 1, [j](std::int64_t) { return static_cast<double>(j); }));
    const MatchedPairs pairs(half);
    CHECK(pairs.threshold(pairs.all_once()) == (j < 20 ? j : 19));
  }
}

TEST_CASE("an alarm is raised exactly when K recordings in a row exceed the threshold", "[unit]") {
  const Watched watched{{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}, {5, 1, 3, 4, undefined, 9, 9, 2, 3, 3}, 18};
  CHECK(highest(rises(watched, 1), 18) == 9);
  CHECK(highest(rises(watched, 3), 18) == 2);
  CHECK(highest(rises(watched, 3), 13) == 1);
  CHECK(highest(rises(watched, 3), 3) == -infinity);
  CHECK(highest(rises(watched, 11), 18) == -infinity);
  CHECK(alarm_time(rises(watched, 2), 2) == 6);
  CHECK(alarm_time(rises(watched, 2), 8.9) == 12);
  CHECK_FALSE(alarm_time(rises(watched, 3), 2).has_value());
  CHECK_FALSE(alarm_time(rises(watched, 1), undefined).has_value());
  CHECK(alarm_time(rises(watched, 3), 1.9) == 14);
  CHECK(rises(watched, 3).earliest == 4);
  CHECK(rises(watched, 11).earliest == 19);
  const Rises two = rises(watched, 2);
  CHECK(two.times == std::vector<std::int64_t>{2, 6, 12});
  CHECK(two.levels == std::vector<double>{1, 3, 9});
  CHECK_THROWS_AS(rises(watched, 0), UsageError);
}
