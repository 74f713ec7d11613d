#include <algorithm>
#include <catch2/catch.hpp>

#include "models/experiment/traps.hpp"
#include "models/settings/registry.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int step_of_trap = 15;

/// A short run recorded at every step.
CollectedRun short_run(const std::string& setting, Overrides overrides) {
  overrides.insert(overrides.end(), {{"steps", "20"}, {"every", "1"}, {"window", "5"}});
  return collect(setting, overrides);
}

}  // namespace

TEST_CASE("a trap changes nothing before its step and the losses after it", "[unit]") {
  const std::vector<std::pair<std::string, Overrides>> twins{
      {"deep-linear", {{"control", "mode1"}, {"label_noise", "1"}}},
      {"grokking", {{"quick", "true"}, {"control", "decay_ends"}}},
      {"induction", {{"quick", "true"}, {"control", "shuffled"}}}};
  for (const auto& [setting, plain] : twins) {
    const CollectedRun quiet = short_run(setting, plain);
    for (const char* trap : {"rate_drop", "spike", "batch_drop"}) {
      if (trap == std::string("batch_drop") && setting != "deep-linear") continue;
      Overrides overrides = plain;
      overrides.insert(overrides.end(), {{"trap", trap}, {"trap_step", std::to_string(step_of_trap)}});
      const CollectedRun run = short_run(setting, overrides);
      INFO(setting << ", " << trap);
      CHECK(run.losses[step_of_trap] == quiet.losses[step_of_trap]);
      CHECK(run.losses[step_of_trap + 1] != quiet.losses[step_of_trap + 1]);
    }
  }
}

TEST_CASE("the learning rate under a trap", "[unit]") {
  const auto factors = [](const char* trap) {
    const Schedule schedule = trap_schedule(with("deep-linear", {{"trap", trap}, {"trap_step", "2"}}));
    return std::vector<double>{schedule(0), schedule(1), schedule(2), schedule(3)};
  };
  CHECK(factors("none") == std::vector<double>{1, 1, 1, 1});
  CHECK(factors("rate_drop") == std::vector<double>{1, 1, 0.2, 0.2});
  CHECK(factors("warm_up") == std::vector<double>{0.5, 1, 1, 1});
  CHECK(factors("spike") == std::vector<double>{1, 1, 20, 1});
  CHECK(factors("batch_drop") == std::vector<double>{1, 1, 1, 1});
}

TEST_CASE("a setting's traps are those of its parameter, and other twins", "[unit]") {
  const auto traps = [](const char* setting) {
    std::vector<std::string> names;
    for (const Trap& trap : find_setting(setting).traps) names.push_back(trap.name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(traps("deep-linear") == Names{"rate_drop", "warm_up", "spike", "batch_drop", "linear_regression"});
  CHECK(traps("grokking") == Names{"no_decay", "low_fraction", "random_labels", "rate_drop", "spike"});
  CHECK(traps("induction") == Names{"one_layer", "rate_drop", "spike"});
}
