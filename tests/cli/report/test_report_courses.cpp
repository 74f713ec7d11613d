/// What the report shows along a run beside the signals: blocks, formation, attention.

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/report/payload.hpp"
#include "cli/report/probe_layout.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/formation.hpp"
#include "tests/cli/report/report_fixture.hpp"

namespace premelt::report {
namespace {

using Json = nlohmann::json;

double mean_loss(const ReportData& data, std::size_t recording) {
  double sum = 0;
  for (const double loss : data.losses.row(recording)) sum += loss;
  return sum / static_cast<double>(data.losses.shape()[1]);
}

/// Two frames of one head on two probes of two positions; the weights count up in tenths.
AttentionCourse small_attention() {
  AttentionCourse attention{{"layer 1, head 1"}, {"p", "q"}, {{"a", "b"}, {"b", "a"}}, {}, {}};
  attention.steps = Tensor<std::int64_t>(Shape{2}, std::vector<std::int64_t>{0, 100});
  attention.patterns = Tensor<double>(Shape{2, 1, 2, 2, 2});
  for (std::size_t i = 0; i < attention.patterns.size(); ++i)
    attention.patterns.flat()[i] = static_cast<double>(i) / 10;
  return attention;
}

}  // namespace

TEST_CASE("the block that moves has the energy and the top eigenvector", "[unit]") {
  const ReportData data = make_run();
  const BlockCourse course = block_course(data, lay_out_probes(data).partition(), 300);
  REQUIRE(course.steps.size() == 300);
  CHECK(course.steps.front() == 39);
  CHECK(course.steps.back() == 399);
  for (std::size_t row = 0; row < course.steps.size(); ++row) {
    double energy = 0, mass = 0;
    for (std::size_t b = 0; b < 3; ++b) {
      energy += course.energy[row][b];
      mass += course.mass[row][b];
    }
    CHECK(energy == Approx(1).epsilon(1e-12));
    CHECK(mass == Approx(1).epsilon(1e-12));
    // B falls by one at step 200 over some forty steps, the window; A and C only have noise of 0.05.
    if (std::abs(course.steps[row] - 220) > 5) continue;
    CHECK(course.energy[row][1] > 0.9);
    CHECK(course.mass[row][1] > 0.99);
  }
}

TEST_CASE("the energy shares are the covariance's block traces, and undefined where nothing moves",
          "[unit]") {
  ReportData data = make_run();
  const ProbeLayout layout = lay_out_probes(data);
  const BlockCourse course = block_course(data, layout.partition(), 300);
  const auto last = static_cast<std::size_t>(course.steps[123]);
  const Tensor<double> covariance = window_covariance(data.losses, last, data.window, layout.groups());
  std::vector<double> traces(3);
  double trace = 0;
  for (std::size_t cell = 0; cell < layout.cells.size(); ++cell) {
    traces[layout.cells[cell].block] += covariance(cell, cell);
    trace += covariance(cell, cell);
  }
  for (std::size_t b = 0; b < 3; ++b) CHECK(course.energy[123][b] == Approx(traces[b] / trace).epsilon(1e-9));

  data.losses = Tensor<double>(data.losses.shape(), 1.0);
  CHECK(std::isnan(block_course(data, layout.partition(), 300).energy[0][0]));
  CHECK(Json::parse(payload(data))["block_course"]["energy"][0][0].is_null());
}

TEST_CASE("a single block has nothing to share", "[unit]") {
  ReportData data = make_run();
  data.probe_blocks.clear();
  CHECK(Json::parse(payload(data))["block_course"].is_null());
}

TEST_CASE("each transition's formation lies between its neighbours", "[unit]") {
  const ReportData data = make_large_run();
  const auto all = transitions(data);
  const std::vector<Formation> found = formations(data, all, data.order_of_event, 400);
  REQUIRE(found.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Formation& f = found[i];
    CHECK(f.event == all[i].name);
    CHECK(f.order == "a_" + f.event);
    CHECK(f.steps.size() <= 400);
    CHECK(f.steps.front() < *all[i].at10);
    CHECK(f.steps.back() > *all[i].at50);
    if (i > 0) CHECK(2 * f.steps.front() >= *all[i - 1].at50 + *all[i].at50);
    if (i < 3) CHECK(2 * f.steps.back() <= *all[i].at50 + *all[i + 1].at50);
    const auto last = static_cast<std::size_t>(f.steps[f.steps.size() / 2]);
    CHECK(f.value[f.steps.size() / 2] == data.order.values(last, i));
    CHECK(f.drop[f.steps.size() / 2] ==
          Approx(mean_loss(data, last + 1 - data.window) - mean_loss(data, last)).epsilon(1e-12));
    CHECK(f.shc.size() == f.steps.size());
    CHECK(f.shc_detrended.size() == f.steps.size());
  }
}

TEST_CASE("neither formations nor the peaks of transitions begin before burn-in", "[unit]") {
  ReportData data = make_large_run();
  data.burn_in = 320;
  const auto all = transitions(data);
  CHECK(formations(data, all, data.order_of_event, 400)[0].steps.front() >= 320);
  CHECK(step_at(data, *all[0].peak_row) >= 320);
}

TEST_CASE("attention patterns go into the page as bytes, in a bounded number", "[unit]") {
  ReportData data = make_run();
  CHECK(Json::parse(payload(data))["attention"].is_null());
  data.attention = small_attention();
  const Json json = Json::parse(payload(data))["attention"];
  CHECK(json["probes"] == Json{"p", "q"});
  CHECK(json["tokens"][1] == Json{"b", "a"});
  REQUIRE(json["frames"].size() == 2);
  CHECK(json["frames"][1]["step"] == 100);
  // 0, 0.1 … 0.7 of 255: 0, 26, 51, 77, 102, 128, 153, 179.
  CHECK(json["frames"][0]["weights"] == "ABozTWaAmbM=");

  const std::size_t positions = 128, frames = 400;  // 6.5 million weights
  data.attention.tokens.assign(2, std::vector<std::string>(positions, "x"));
  data.attention.steps = Tensor<std::int64_t>(Shape{frames});
  for (std::size_t i = 0; i < frames; ++i) data.attention.steps(i) = static_cast<std::int64_t>(i);
  data.attention.patterns = Tensor<double>(Shape{frames, 1, 2, positions, positions}, 0.5);
  const std::size_t shown = Json::parse(payload(data))["attention"]["frames"].size();
  CHECK(shown >= 40);
  CHECK(shown <= 50);

  data.attention.patterns = Tensor<double>(Shape{frames, 1, 2, positions, 7}, 0.5);
  CHECK_THROWS_AS(payload(data), ShapeError);
}

}  // namespace premelt::report
