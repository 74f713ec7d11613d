/// What detectors cost is measured, so that these tests look at its names and signs alone.

#include "models/sweep/costs.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "models/settings/registry.hpp"
#include "models/sweep/sweep.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

/// Every column that a run of the sweep has must have a cost, and nothing else.
void check_costs(const Sweep& sweep, const std::string& event, const std::set<std::string>& further) {
  const SweepRun run = sweep_run(sweep, {.role = Role::held_out_run, .seed = sweep.first_seed});
  const DetectorCosts costs = measure_costs(sweep);
  CHECK((std::isfinite(costs.step_seconds) && costs.step_seconds > 0));
  REQUIRE(costs.in_steps.size() == sweep.windows.size());
  for (const std::size_t window : sweep.windows) {
    std::set<std::string> names = further, found;
    for (const auto& [name, rises] : run.at(event).detectors.at(window)) names.insert(name);
    for (const auto& [name, cost] : costs.in_steps.at(window)) {
      INFO(name << ", W = " << window);
      CHECK((std::isfinite(cost) && cost > 0));
      found.insert(name);
    }
    CHECK(found == names);
  }
}

}  // namespace

TEST_CASE("every detector of a sweep has a cost", "[unit]") {
  Sweep sweep{
      .setting = &find_setting("deep-linear"),
      .parameters = with("deep-linear", {{"steps", "400"}, {"every", "20"}, {"probe_kind", "grouped"}}),
      .windows = {6, 8},
      .first_seed = 200,
      .last_seed = 200,
      .controls = 1,
      .ablate = true,
      .measures = {.cheap = true, .costly = true, .updates = 8},
      .outside = {{"newest", "here", [](const RunTrace& run) { return run.weight_norm; }}},
      .whitened = true};
  check_costs(sweep, "mode1", {"first_passage"});
  sweep.measures = {};
  sweep.ablate = sweep.whitened = false;
  check_costs(sweep, "mode1", {"first_passage"});
}

TEST_CASE("where nothing is trained, a step is a simulated one", "[unit]") {
  const Sweep sweep{.setting = &find_setting("schematic"),
                    .parameters = with("schematic", {}),
                    .windows = {20},
                    .first_seed = 200,
                    .last_seed = 200,
                    .controls = 1,
                    .measures = {.cheap = true, .updates = 20}};
  check_costs(sweep, "completion", {});
}

TEST_CASE("a run that diverges is long enough for its costs", "[unit]") {
  const Sweep sweep{.setting = &find_setting("deep-linear"),
                    .parameters = with("deep-linear", {{"steps", "300"}, {"learning_rate", "3"}}),
                    .windows = {10},
                    .first_seed = 1,
                    .last_seed = 1,
                    .controls = 1};
  CHECK(std::isfinite(measure_costs(sweep).in_steps.at(10).at("shc")));
}

TEST_CASE("costs go to the detectors of their window", "[unit]") {
  std::vector<EventScores> events{{.event = "e", .window = 10}, {.event = "e", .window = 20}};
  for (EventScores& event : events) event.detectors = {{"shc", {}, {}}, {"other", {}, {}}};
  add_costs(events, {0.5, {{10, {{"shc", 3}}}, {20, {{"shc", 4}}}}});
  CHECK(events[0].detectors[0].cost_in_steps == 3);
  CHECK(events[1].detectors[0].cost_in_steps == 4);
  CHECK(std::isnan(events[0].detectors[1].cost_in_steps));
}
