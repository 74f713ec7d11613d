#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/monitor.hpp"
#include "tests/rdm/window/series.hpp"

using namespace premelt;
using namespace premelt::testing;
using Catch::Matchers::Contains;

namespace {

/// Positive losses with some drift.
Tensor<double> positive_losses(std::size_t recordings, std::size_t probes, std::uint64_t seed) {
  Tensor<double> losses = noise(recordings, probes, seed, 0.1);
  for (std::size_t t = 0; t < recordings; ++t) {
    for (double& loss : losses.row(t)) loss = std::exp(loss - 0.01 * static_cast<double>(t));
  }
  return losses;
}

/// Feeds all rows at steps 0, 10, 20, ...
std::vector<Observation> observe(Monitor& monitor, const Tensor<double>& losses) {
  std::vector<Observation> result;
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
    if (auto seen = monitor.push(10 * static_cast<std::int64_t>(t), losses.row(t))) {
      result.push_back(std::move(*seen));
    }
  }
  return result;
}

/// The log losses of some probes.
Tensor<double> logarithms(const Tensor<double>& losses, const std::vector<std::size_t>& probes) {
  Tensor<double> result(Shape{losses.shape()[0], probes.size()});
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
    for (std::size_t i = 0; i < probes.size(); ++i) result(t, i) = std::log(losses(t, probes[i]));
  }
  return result;
}

void check_signals(const Monitor& monitor, const Observation& seen, const std::string& suffix,
                   const LossWindow& window, Detrend detrend) {
  const Spectrum expected = spectrum(window, 1, detrend);
  const auto value = [&](const std::string& signal) { return seen.values[monitor.column(signal + suffix)]; };
  INFO("suffix '" << suffix << "'");
  CHECK(close(value("shc"), expected.moments.spectral_heat_capacity(), 1e-10));
  CHECK(close(value("pr"), expected.moments.participation_ratio(), 1e-10));
  CHECK(close(value("trace"), expected.moments.trace, 1e-10));
  CHECK(close(value("lambda1"), expected.eigenvalues(0), 1e-10));
}

double mean_of_row(const LossWindow& window, std::size_t row) {
  double sum = 0;
  for (double loss : window.row(row)) sum += loss;
  return sum / static_cast<double>(window.probes());
}

}  // namespace

TEST_CASE("a loss that is not finite is an error naming probe and step", "[unit]") {
  Monitor monitor({.probes = 3, .window = 4, .channels = {{.suffix = "log", .transform = Transform::log}}});
  for (std::int64_t step : {10, 20}) monitor.push(step, std::vector<double>{1, 2, 3});
  for (double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e308}) {
    CHECK_THROWS_AS(monitor.push(30, std::vector<double>{1, 2, bad}), DataError);
    CHECK_THROWS_WITH(monitor.push(30, std::vector<double>{1, 2, bad}),
                      Contains("probe 2") && Contains("step 30"));
  }
  monitor.push(30, std::vector<double>{1, 2, 3});
  CHECK(monitor.window().size() == 3);
}

TEST_CASE("the monitor's columns are the signals of each channel", "[unit]") {
  const std::vector<std::size_t> test_probes{1, 3, 4};
  Monitor monitor({.probes = 6,
                   .window = 8,
                   .modes = 2,
                   .channels = {{"log_test", Transform::log, test_probes, Detrend::none},
                                {"diff", Transform::none, {}, Detrend::diff}}});
  CHECK(monitor.columns() == std::vector<std::string>{"shc",
                                                      "pr",
                                                      "trace",
                                                      "lambda1",
                                                      "mean_loss",  //
                                                      "shc_detrended",
                                                      "pr_detrended",
                                                      "trace_detrended",
                                                      "lambda1_detrended",
                                                      "mean_loss_detrended",  //
                                                      "shc_log_test",
                                                      "pr_log_test",
                                                      "trace_log_test",
                                                      "lambda1_log_test",
                                                      "mean_loss_log_test",  //
                                                      "shc_diff",
                                                      "pr_diff",
                                                      "trace_diff",
                                                      "lambda1_diff",
                                                      "mean_loss_diff"});
  const Tensor<double> losses = positive_losses(30, 6, 1);
  const std::vector<Observation> seen = observe(monitor, losses);
  REQUIRE(seen.size() == 23);  // nothing before the first full window
  CHECK(seen.front().step == 70);
  const Observation& last = seen.back();
  CHECK(last.step == 290);
  REQUIRE(last.values.size() == 20);
  const LossWindow window = window_over(losses, 8), logs = window_over(logarithms(losses, test_probes), 8);
  check_signals(monitor, last, "", window, Detrend::none);
  check_signals(monitor, last, "_detrended", window, Detrend::linear);
  check_signals(monitor, last, "_log_test", logs, Detrend::none);
  check_signals(monitor, last, "_diff", window, Detrend::diff);

  const double newest = mean_of_row(window, 7);
  CHECK(close(last.values[monitor.column("mean_loss")], newest, 1e-12));
  CHECK(close(last.values[monitor.column("mean_loss_log_test")], mean_of_row(logs, 7), 1e-12));
  CHECK(close(last.values[monitor.column("mean_loss_diff")], newest - mean_of_row(window, 6), 1e-12));
  const Tensor<double> residuals = window.matrix(Detrend::linear);
  double residual = 0;
  for (double x : residuals.row(7)) residual += x / 6;
  CHECK(close(last.values[monitor.column("mean_loss_detrended")], residual, 1e-10));
}

TEST_CASE("the monitor keeps the leading modes and their overlap with the window before", "[unit]") {
  Monitor monitor({.probes = 5, .window = 4, .modes = 3});
  const Tensor<double> losses = positive_losses(12, 5, 2);
  const std::vector<Observation> seen = observe(monitor, losses);
  const Spectrum expected = spectrum(window_over(losses, 4), 3);
  REQUIRE(seen.back().modes.shape() == Shape{3, 5});
  for (std::size_t k = 0; k < 15; ++k) {
    CHECK(std::abs(seen.back().modes.flat()[k] - expected.modes.flat()[k]) < 1e-10);
  }
  CHECK(std::isnan(seen.front().overlap));
  for (std::size_t t = 1; t < seen.size(); ++t) {
    CHECK(close(seen[t].overlap, overlap(seen[t].modes.row(0), seen[t - 1].modes.row(0)), 1e-12));
  }
  CHECK(monitor.window().row(3)[2] == losses(11, 2));
}

TEST_CASE("eigenvectors are computed at every k-th window, and where an alarm asks", "[unit]") {
  Tensor<double> losses = noise(60, 5, 9, 1e-3, 2.0);
  for (std::size_t t = 30; t < 60; ++t) losses(t, 1) -= 0.05 * static_cast<double>(t - 30);
  Monitor often({.probes = 5, .window = 6}), seldom({.probes = 5, .window = 6, .modes_every = 50});
  const std::vector<Observation> all = observe(often, losses), some = observe(seldom, losses);
  REQUIRE(all.size() == 55);
  REQUIRE(some.size() == 55);
  std::size_t asked = 0;
  for (std::size_t i = 0; i < 55; ++i) {
    INFO("window " << i);
    for (std::size_t c = 0; c < all[i].values.size(); ++c)
      CHECK(close(some[i].values[c], all[i].values[c], 1e-10));
    CHECK(some[i].alarm.has_value() == all[i].alarm.has_value());
    REQUIRE(some[i].modes.shape() == Shape{3, 5});
    if (i % 50 == 0 || some[i].alarm) {
      CHECK(std::ranges::equal(some[i].modes.row(0), all[i].modes.row(0)));
      asked += i % 50 != 0 ? 1 : 0;
    } else {
      CHECK(std::isnan(some[i].modes(0, 0)));
    }
  }
  CHECK(asked > 0);
  CHECK_THROWS_WITH(Monitor({.probes = 3, .modes_every = 0}), Contains("modes_every"));
}

TEST_CASE("undefined signals are NaN", "[unit]") {
  Monitor monitor({.probes = 3, .window = 4});
  const std::vector<Observation> seen = observe(monitor, Tensor<double>(Shape{9, 3}, 0.5));
  const Observation& last = seen.back();
  CHECK(last.values[monitor.column("shc")] == 0);
  CHECK(last.values[monitor.column("lambda1")] == 0);
  CHECK(last.values[monitor.column("mean_loss")] == 0.5);
  CHECK(std::isnan(last.values[monitor.column("pr")]));
  CHECK(std::isnan(last.modes(0, 0)));
  CHECK(std::isnan(last.overlap));
  CHECK_FALSE(last.alarm);
}

TEST_CASE("the monitor alarms on the chosen column when losses start to move", "[unit]") {
  Tensor<double> losses = noise(120, 8, 3, 1e-3, 2.0);
  for (std::size_t t = 60; t < 120; ++t) {
    for (std::size_t i = 0; i < 4; ++i) losses(t, i) -= 0.03 * static_cast<double>(t - 60);
  }
  const auto alarms_of = [&](const std::string& statistic, const AlarmRule& rule) {
    Monitor monitor({.probes = 8,
                     .window = 10,
                     .channels = {{"log", Transform::log, {0, 1}, Detrend::none}},
                     .alarm = rule,
                     .alarm_statistic = statistic});
    std::vector<Event> alarms;
    for (const Observation& seen : observe(monitor, losses)) {
      if (!seen.alarm) continue;
      CHECK(seen.alarm->step == seen.step);
      CHECK(seen.alarm->value == seen.values[monitor.column(statistic)]);
      CHECK(seen.alarm->name == statistic);
      alarms.push_back(*seen.alarm);
    }
    return alarms;
  };
  for (const char* statistic : {"shc", "trace", "lambda1", "shc_log"}) {
    const std::vector<Event> alarms = alarms_of(statistic, {});
    INFO(statistic);
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].step > 600);
    CHECK(alarms[0].step < 700);
  }
  CHECK(alarms_of("mean_loss", {.threshold = 2.5}).empty());
}

TEST_CASE("what counts as a change is the rms change of a loss over its mean, of a log loss itself",
          "[unit]") {
  Tensor<double> losses(Shape{120, 2}, 100.0), log_losses(Shape{120, 2}, 5.0);
  for (std::size_t t = 60; t < 120; ++t) {
    for (std::size_t i = 0; i < 2; ++i) {
      losses(t, i) -= 0.1 * static_cast<double>(t - 60);
      log_losses(t, i) -= 0.01 * static_cast<double>(t - 60);
    }
  }
  for (double& loss : log_losses.flat()) loss = std::exp(loss);
  const auto alarmed = [](const Tensor<double>& series, const std::string& statistic, double least_change) {
    Monitor monitor({.probes = 2,
                     .window = 10,
                     .channels = {{.suffix = "log", .transform = Transform::log}},
                     .alarm = {.least_change = least_change},
                     .alarm_statistic = statistic});
    const std::vector<Observation> seen = observe(monitor, series);
    return std::ranges::any_of(seen, [](const Observation& o) { return o.alarm.has_value(); });
  };
  // 0.1·√((W²-1)/12) = 0.287 over a mean that falls from 100 to 94.1.
  CHECK(alarmed(losses, "shc", 0.0030));
  CHECK_FALSE(alarmed(losses, "shc", 0.0031));
  CHECK_FALSE(alarmed(losses, "shc_detrended", 0.0030));
  // 0.01·√((W²-1)/12) = 0.0287.
  CHECK(alarmed(log_losses, "shc_log", 0.0287));
  CHECK_FALSE(alarmed(log_losses, "shc_log", 0.0288));
}

TEST_CASE("an alarm says where the mean loss went and what of shc is more than drift", "[unit]") {
  MonitorOptions options{.probes = 2, .window = 3, .modes = 1};
  options.alarm.threshold = 1e-9;
  options.alarm.hold = 1;
  Monitor monitor(options);
  for (const double loss : {4.0, 3.0}) monitor.push(static_cast<std::int64_t>(-loss), std::vector{loss, 1.0});
  const auto seen = monitor.push(0, std::vector{2.0, 1.0});
  REQUIRE(seen->alarm);
  CHECK(seen->alarm->why ==
        "shc was above its threshold 1e-09 in 1 recording; in the window the mean loss went from 2.5 to 1.5, "
        "and without each probe's line 0 % of shc is left");
}

TEST_CASE("the same losses give the same bits", "[property]") {
  const Tensor<double> losses = positive_losses(50, 20, 4);
  Monitor a({.probes = 20, .window = 15}), b({.probes = 20, .window = 15});
  const std::vector<Observation> first = observe(a, losses), second = observe(b, losses);
  REQUIRE(first.size() == second.size());
  for (std::size_t t = 0; t < first.size(); ++t) {
    CHECK(first[t].values == second[t].values);
    CHECK(std::ranges::equal(first[t].modes.flat(), second[t].modes.flat()));
  }
}

TEST_CASE("the monitor says what is wrong", "[unit]") {
  CHECK_THROWS_AS(Monitor({.probes = 0}), ShapeError);
  CHECK_THROWS_AS(Monitor({.probes = 3, .window = 1}), ShapeError);
  CHECK_THROWS_AS(Monitor({.probes = 3, .modes = 0}), UsageError);
  CHECK_THROWS_WITH(Monitor({.probes = 3, .alarm_statistic = "shx"}),
                    Contains("'shx'") && Contains("shc_detrended"));
  CHECK_THROWS_WITH(Monitor({.probes = 3, .channels = {{.suffix = "detrended"}}}), Contains("'detrended'"));
  CHECK_THROWS_WITH(Monitor({.probes = 3, .channels = {{.suffix = "x", .probes = {1, 3}}}}),
                    Contains("probe 3 of 3"));

  Monitor monitor({.probes = 3, .window = 4, .channels = {{"log", Transform::log, {0, 2}, Detrend::none}}});
  monitor.push(5, std::vector<double>{1, -1, 1});  // probe 1 is not in the log channel
  CHECK_THROWS_AS(monitor.push(5, std::vector<double>{1, 1, 1}), DataError);
  CHECK_THROWS_WITH(monitor.push(4, std::vector<double>{1, 1, 1}), Contains("4 follows 5"));
  CHECK_THROWS_AS(monitor.push(6, std::vector<double>{1, 1, 0}), DataError);
  CHECK_THROWS_WITH(monitor.push(6, std::vector<double>{1, 1, 0}), Contains("probe 2") && Contains("step 6"));
  CHECK_THROWS_AS(monitor.push(6, std::vector<double>{1, NAN, 1}), DataError);
  CHECK_THROWS_AS(monitor.push(6, std::vector<double>{1, 1}), ShapeError);
  CHECK(monitor.window().size() == 1);
}
