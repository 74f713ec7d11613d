#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/alarm.hpp"

using namespace premelt;
using Catch::Matchers::Contains;

namespace {

/// Pushes values at steps 0, 1, 2, ... with a large relative change; returns the alarms.
std::vector<Event> alarms(Alarm& alarm, const std::vector<double>& values, double relative_change = 1) {
  std::vector<Event> events;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (const auto event = alarm.push(static_cast<std::int64_t>(t), values[t], relative_change)) {
      events.push_back(*event);
    }
  }
  return events;
}

std::vector<std::int64_t> alarm_steps(const AlarmRule& rule, const std::vector<double>& values,
                                      double relative_change = 1) {
  Alarm alarm(rule);
  std::vector<std::int64_t> steps;
  for (const Event& event : alarms(alarm, values, relative_change)) steps.push_back(event.step);
  return steps;
}

using Steps = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("three recordings in a row above ten times the running minimum raise one alarm", "[unit]") {
  CHECK(alarm_steps({}, {5, 1, 2, 11, 12, 13, 14, 15}) == Steps{5});
  CHECK(alarm_steps({}, {5, 1, 2, 11, 12, 9, 14, 15, 16}) ==
        Steps{8});                                         // interrupted: the count starts again
  CHECK(alarm_steps({}, {5, 1, 10, 10, 10, 10}).empty());  // exactly ten times does not exceed
  CHECK(alarm_steps({}, {5, 5, 49, 50, 50, 50}).empty());  // the minimum is 5
  CHECK(alarm_steps({.hold = 1}, {1, 11}) == Steps{1});
  CHECK(alarm_steps({.factor = 2, .hold = 2}, {1, 3, 3}) == Steps{2});
}

TEST_CASE("an alarm says what happened", "[unit]") {
  Alarm alarm({}, "shc_log_test");
  const std::vector<Event> events = alarms(alarm, {5, 0.25, 2, 11, 12, 13}, 0.021);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == Event::Kind::alarm);
  CHECK(events[0].name == "shc_log_test");
  CHECK(events[0].step == 5);
  CHECK(events[0].value == 13);
  CHECK(events[0].threshold == 2.5);
  CHECK(events[0].why ==
        "shc_log_test was above 10 times its running minimum (0.25 at step 1) in 3 consecutive recordings, "
        "and the "
        "losses changed by 2.1 % of their mean");
}

TEST_CASE("changes too small to matter do not alarm", "[unit]") {
  const std::vector<double> values{1, 20, 20, 20, 20};
  CHECK(alarm_steps({}, values, 0.0099).empty());
  CHECK(alarm_steps({}, values, 0.01) == Steps{3});
  CHECK(alarm_steps({}, values, NAN).empty());
  CHECK(alarm_steps({.least_change = 0}, values, 0) == Steps{3});
  Alarm alarm({});  // and the change has to be large in each of the recordings in a row
  CHECK_FALSE(alarm.push(0, 1, 1));
  CHECK_FALSE(alarm.push(1, 20, 1));
  CHECK_FALSE(alarm.push(2, 20, 0.001));
  CHECK_FALSE(alarm.push(3, 20, 1));
  CHECK_FALSE(alarm.push(4, 20, 1));
  CHECK(alarm.push(5, 20, 1));
}

TEST_CASE("re-arms at a tenth of the maximum since the alarm, where the minimum restarts", "[unit]") {
  // The alarm comes at 12; the maximum is 1000; 101 does not re-arm, 100 does, and the next alarm needs 1000
  // again.
  CHECK(alarm_steps({}, {1, 12, 12, 12, 1000, 101, 2000, 2000, 2000}) == Steps{3});
  CHECK(alarm_steps({}, {1, 12, 12, 12, 1000, 100, 1001, 1001, 1001}) == Steps{3, 8});
  CHECK(alarm_steps({}, {1, 12, 12, 12, 1000, 100, 1000, 1000, 1000}) == Steps{3});
  // After re-arming the minimum goes on falling.
  CHECK(alarm_steps({}, {1, 12, 12, 12, 1000, 100, 40, 401, 401, 401}) == Steps{3, 9});
  // The maximum counts from the alarm on: 900 came before it.
  CHECK(alarm_steps({}, {1, 12, 900, 30, 50, 80, 9, 91, 91, 91}) == Steps{3});
  CHECK(alarm_steps({}, {1, 12, 900, 30, 50, 80, 8, 81, 81, 81}) == Steps{3, 9});
}

TEST_CASE("four rises, four alarms", "[unit]") {
  std::vector<double> values;
  for (int t = 0; t < 400; ++t) values.push_back(std::exp(4 * std::sin(t * 2 * M_PI / 100 - M_PI / 2)));
  CHECK(alarm_steps({}, values).size() == 4);
}

TEST_CASE("nothing before the burn-in counts, its first step does", "[unit]") {
  const std::vector<double> values{0.01, 0.01, 5, 3, 31, 31, 31};
  CHECK(alarm_steps({}, values) == Steps{4});
  CHECK(alarm_steps({.burn_in = 3}, values) == Steps{6});
  CHECK(alarm_steps({.burn_in = 4}, values).empty());
}

TEST_CASE("NaN interrupts and is never the minimum", "[unit]") {
  CHECK(alarm_steps({}, {NAN, 1, NAN, 11, 11, 11}) == Steps{5});
  CHECK(alarm_steps({}, {1, 11, 11, NAN, 11, 11}).empty());
  CHECK(alarm_steps({}, {NAN, NAN, NAN, NAN}).empty());
  CHECK(alarm_steps({}, {1, 12, 12, 12, NAN, NAN, 1, 11, 11, 11}) == Steps{3, 9});  // nor does it re-arm
  Alarm alarm({});
  alarms(alarm, {1, 12, 12, 12, NAN});
  CHECK_FALSE(alarm.armed());
}

TEST_CASE("constant losses: a zero minimum is exceeded by any change large enough to matter", "[unit]") {
  CHECK(alarm_steps({}, {0, 0, 0, 0, 0, 0}).empty());
  CHECK(alarm_steps({}, {0, 0, 1e-9, 1e-9, 1e-9}, 1e-3).empty());
  CHECK(alarm_steps({}, {0, 0, 1, 1, 1, 1}) == Steps{4});
  Alarm alarm({});
  CHECK_THAT(alarms(alarm, {0, 1, 1, 1})[0].why, Contains("minimum (0 at step 0)"));
}

TEST_CASE("a fixed threshold ignores the minimum and the size of the change", "[unit]") {
  const AlarmRule rule{.threshold = 4.0};
  CHECK(alarm_steps(rule, {5, 5, 4, 5, 5, 5, 6}, 0) == Steps{5});
  // It re-arms after three recordings in a row at or below the threshold.
  CHECK(alarm_steps(rule, {5, 5, 5, 3, 3, 5, 5, 5, 5}) == Steps{2});
  CHECK(alarm_steps(rule, {5, 5, 5, 3, 4, 3, 5, 5, 5}) == Steps{2, 8});
  CHECK(alarm_steps(rule, {5, 5, 5, 3, NAN, 3, 3, 5, 5, 5}) == Steps{2});
  CHECK(alarm_steps({.threshold = -1.0}, {-2, -2, 0, 0, 0}) == Steps{4});  // signed statistics are welcome
  Alarm alarm(rule, "shc");
  const std::vector<Event> events = alarms(alarm, {5, 5, 5});
  REQUIRE(events.size() == 1);
  CHECK(events[0].threshold == 4);
  CHECK(events[0].why == "shc was above its threshold 4 in 3 consecutive recordings");
}

TEST_CASE("an alarm can be asked for its state", "[unit]") {
  Alarm alarm({.burn_in = 1});
  CHECK(std::isinf(alarm.threshold()));
  alarm.push(0, 1, 1);
  CHECK(std::isinf(alarm.threshold()));
  alarm.push(1, 2, 1);
  CHECK(alarm.threshold() == 20);
  for (int t = 2; t < 5; ++t) {
    CHECK(alarm.armed());
    alarm.push(t, 21, 1);
  }
  CHECK_FALSE(alarm.armed());
}

TEST_CASE("rules without sense and signed ratios are refused", "[unit]") {
  CHECK_THROWS_AS(Alarm({.factor = 1}), UsageError);
  CHECK_THROWS_AS(Alarm({.factor = NAN}), UsageError);
  CHECK_THROWS_AS(Alarm({.hold = 0}), UsageError);
  CHECK_THROWS_AS(Alarm({.least_change = -1}), UsageError);
  CHECK_THROWS_AS(Alarm({.threshold = NAN}), UsageError);
  Alarm alarm({}, "mean_loss_detrended");
  CHECK_THROWS_AS(alarm.push(7, -0.1, 1), DataError);
  CHECK_THROWS_WITH(alarm.push(7, -0.1, 1), Contains("mean_loss_detrended") && Contains("step 7"));
}
