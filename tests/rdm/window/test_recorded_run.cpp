#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/stored_window.hpp"
#include "tests/rdm/window/recorded_runs.hpp"

using namespace premelt;
using testing::small_run;

TEST_CASE("rows of signals are found by their steps, and their windows among the recordings", "[unit]") {
  const RecordedRun run = small_run();
  CHECK(step_at(run, 0) == 40);
  CHECK(row_at(run, -1) == 0);
  CHECK(row_at(run, 40) == 0);
  CHECK(row_at(run, 40.5) == 1);
  CHECK(row_at(run, 390) == 35);
  CHECK(row_at(run, 391) == 36);
  CHECK(first_recording(run, 17) == 17);
  CHECK(last_recording(run, 17) == 21);
  RecordedRun other = run;
  other.window = 30;
  CHECK_THROWS_WITH(last_recording(other, 0), Catch::Contains("fewer recordings before it"));
  other.steps(4) = 41;
  CHECK_THROWS_WITH(last_recording(other, 0), Catch::Contains("not among the recorded steps"));
}

TEST_CASE("the highest row is the first of its height, and NaN is no height", "[unit]") {
  RecordedRun run = small_run();
  CHECK(highest_row(run, "shc", 0, 36) == 17u);
  CHECK(highest_row(run, "shc", 18, 36) == 26u);
  CHECK(highest_row(run, "shc", 0, 17) == 0u);
  CHECK(highest_row(run, "shc", 5, 5) == std::nullopt);
  CHECK(highest_row(run, "none", 0, 36) == std::nullopt);
  Tensor<double> signals = run.signals.values.tensor();
  signals(17, 1) = undefined;
  signals(0, 1) = undefined;
  run.signals.values = signals;
  CHECK(highest_row(run, "shc", 0, 36) == 26u);
  CHECK(highest_row(run, "shc", 0, 1) == std::nullopt);
}

TEST_CASE("blocks share energy and eigenvector, over evenly spaced windows", "[unit]") {
  const RecordedRun run = small_run();
  const Blocks blocks(std::vector<std::string>{"still", "falls", "falls"});
  const BlockCourse course = block_course(run, blocks, 8);
  REQUIRE(course.steps == std::vector<std::int64_t>{40, 90, 140, 190, 240, 290, 340, 390});
  // The window of step 240 reaches from recording 20 on: nothing moves any more, C = 0.
  CHECK(std::isnan(course.energy[4][1]));
  const BlockCourse all = block_course(run, blocks, 36);
  REQUIRE(all.steps[17] == 210);
  CHECK(all.energy[17] == std::vector<double>{0, 1});
  CHECK(all.mass[17][0] == 0);
  CHECK(all.mass[17][1] == Approx(1).epsilon(1e-15));
  RecordedRun without = run;
  without.modes = Tensor<double>();
  CHECK(block_course(without, blocks, 2).mass[0].empty());
  CHECK(even_row(0, 1, 36) == 0);
}

TEST_CASE("a window without eigenvectors shows the last that were due", "[unit]") {
  RecordedRun run = small_run();
  Tensor<double> modes = run.modes.tensor();
  for (std::size_t row = 0; row < 36; ++row) {
    if (row % 4 == 0 || row == 6) continue;
    for (std::size_t i = 0; i < 3; ++i) modes.data()[3 * row + i] = undefined;
  }
  modes.data()[3 * 6] = 1;  // an alarm asked
  run.modes = modes;
  run.modes_every = 4;
  CHECK(mode_row(run, 4) == 4);
  CHECK(mode_row(run, 5) == 4);
  CHECK(mode_row(run, 6) == 6);
  CHECK(mode_row(run, 7) == 4);
  CHECK(top_mode(run, 7)[0] == 0);
  CHECK(top_mode(run, 6)[0] == 1);
}

TEST_CASE("a group's mean is over its probes", "[unit]") {
  CHECK(group_means({1, 2, 4, 8}, {{0, 1}, {3}, {1, 2, 3}}) == std::vector<double>{1.5, 8, 14.0 / 3});
}

TEST_CASE("a run whose arrays do not fit is refused, and the array named", "[unit]") {
  const auto refused = [](const char* what, auto&& spoil) {
    RecordedRun run = small_run();
    check_shapes(run);
    spoil(run);
    CHECK_THROWS_AS(check_shapes(run), ShapeError);
    CHECK_THROWS_WITH(check_shapes(run), Catch::Contains(what));
  };
  refused("losses", [](RecordedRun& run) { run.losses = Tensor<double>(); });
  refused("steps", [](RecordedRun& run) { run.steps = Tensor<std::int64_t>(Shape{3}); });
  refused("window", [](RecordedRun& run) { run.window = 0; });
  refused("order parameters", [](RecordedRun& run) { run.order.values = Tensor<double>(Shape{3, 2}); });
  refused("no column `step`", [](RecordedRun& run) { run.signals.columns = {"shc", "pr"}; });
  refused("modes", [](RecordedRun& run) { run.modes = Tensor<double>(Shape{36, 1, 4}); });
}
