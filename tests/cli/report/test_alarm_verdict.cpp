/// What an alarm's window says in plain words, on runs whose numbers are known.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/report/alarm_verdict.hpp"
#include "cli/report/payload.hpp"
#include "tests/cli/report/report_fixture.hpp"

namespace premelt::report {
namespace {

/// Two probes that stand at 2 and fall by 0.05 a step from step 50 on; windows of 10; `shc_detrended` is 1e-6
/// but for `at_alarm` in row 46, whose window ends at step 55.
ReportData falling(double at_alarm, double trace) {
  constexpr std::size_t recordings = 80, window = 10, rows = recordings - window + 1;
  ReportData data;
  data.title = "falling";
  data.window = window;
  data.steps = Tensor<std::int64_t>(Shape{recordings});
  Tensor<double> losses(Shape{recordings, 2});
  for (std::size_t t = 0; t < recordings; ++t) {
    data.steps(t) = static_cast<std::int64_t>(t);
    losses(t, 0) = losses(t, 1) = t < 50 ? 2.0 : 2.0 - 0.05 * static_cast<double>(t - 50);
  }
  data.losses = losses;
  data.signals.columns = {"step", "shc", "trace", "mean_loss", "shc_detrended"};
  Tensor<double> signals(Shape{rows, 5});
  for (std::size_t row = 0; row < rows; ++row) {
    signals(row, 0) = static_cast<double>(row + window - 1);
    signals(row, 1) = 1e-3;
    signals(row, 2) = trace;
    signals(row, 3) = losses(row + window - 1, 0);
    signals(row, 4) = row == 46 ? at_alarm : 1e-6;
  }
  data.signals.values = signals;
  return data;
}

}  // namespace

TEST_CASE("an alarm on a slope is a drift, one that survives detrending is more", "[unit]") {
  const AlarmVerdict drift = judge_alarm(falling(1.2e-6, 0.02), 46, 0);
  CHECK(drift.fall == Approx(0.125).epsilon(1e-12));  // from 2 at step 46 to 1.75 at step 55
  CHECK(drift.detrended_rise == Approx(1.2).epsilon(1e-12));
  CHECK(drift.movement == Approx(0.1 / 1.45).epsilon(1e-12));  // √(0.02/2) over the fall from 2 to 0.55
  CHECK(drift.kind() == "mere drift");
  CHECK(drift.words() ==
        "mean loss fell 12 % in the same window; detrended flat (1.2 times its median before): drift");

  const AlarmVerdict more = judge_alarm(falling(3e-5, 0.02), 46, 0);
  CHECK(more.kind().empty());
  CHECK(more.words() ==
        "mean loss fell 12 % in the same window; detrended SHC rose too, to 30 times its median before: "
        "more than a slope");
}

TEST_CASE("an alarm on a ten-thousandth of the run's fall is dust", "[unit]") {
  const double edge = 1e-4 * 1.45;
  CHECK(judge_alarm(falling(1e-6, 2 * 0.81 * edge * edge), 46, 0).kind() == "dust");
  CHECK(judge_alarm(falling(1e-6, 2 * 1.21 * edge * edge), 46, 0).kind() == "mere drift");
  CHECK(judge_alarm(falling(1e-6, 2 * 0.81 * edge * edge), 46, 0).words() ==
        "dust: the losses change by 0.009 % of what the mean loss fell in the whole run");
}

TEST_CASE("an alarm without a detrended signal says what the mean loss did", "[unit]") {
  ReportData data = falling(1e-6, 0.02);
  data.signals.columns[4] = "other";
  const AlarmVerdict verdict = judge_alarm(data, 46, 0);
  CHECK(verdict.kind().empty());
  CHECK(verdict.words() == "mean loss fell 12 % in the same window");
}

TEST_CASE("a second run lies over the first on axes that hold both", "[unit]") {
  FixtureOptions longer;
  longer.recordings = 500;
  longer.drops[1].centre = 260;
  const ReportData first = make_run(), second = make_run(longer);
  const auto json = nlohmann::json::parse(payload(first, SecondRun{second, "other"}));
  CHECK(json["range"] == nlohmann::json{0, 499});
  CHECK(json["other"]["label"] == "other");
  CHECK(json["other"]["means"].size() == json["losses"]["means"].size());
  CHECK(json["other"]["shc"].size() == 1);
  CHECK(json["other"]["transitions"].size() == json["transitions"].size());
  const auto half = [](const nlohmann::json& events) { return events[0]["at50"].get<std::int64_t>(); };
  CHECK(half(json["other"]["transitions"]) - half(json["transitions"]) == 60);
  CHECK(nlohmann::json::parse(payload(first))["other"].is_null());
}

}  // namespace premelt::report
