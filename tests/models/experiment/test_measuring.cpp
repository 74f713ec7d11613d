#include "models/experiment/measuring.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/settings/registry.hpp"
#include "models/sweep/sweep.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

RunTrace recorded(const std::string& setting, const Overrides& overrides, const Measures& measures) {
  const Hyperparameters parameters = with(setting, overrides);
  return record_run(*find_setting(setting).make(parameters), parameters, parameters.integer("steps"),
                    measures);
}

}  // namespace

TEST_CASE("measuring a run changes nothing of it, and makes all detectors of the table available",
          "[property]") {
  const Overrides short_run{{"steps", "24"}};
  const RunTrace plain = recorded("deep-linear", short_run, {}),
                 measured = recorded("deep-linear", short_run, {.cheap = true, .costly = true, .updates = 6});
  CHECK(std::ranges::equal(plain.losses.flat(), measured.losses.flat()));
  CHECK(plain.weight_norm == measured.weight_norm);
  CHECK(plain.measured.empty());
  CHECK(detector_series(measured, {.window = 6, .passage_level = 1.0}).unavailable.empty());
  for (const auto& [name, series] : measured.measured) {
    INFO(name);
    REQUIRE(series.size() == plain.steps.size());
    CHECK(std::ranges::all_of(series, [](double x) { return std::isfinite(x); }));
  }
  const RunTrace again = recorded("deep-linear", short_run, {.cheap = true, .costly = true, .updates = 6});
  CHECK(again.measured == measured.measured);
}

TEST_CASE("the updates kept are those of the weights", "[unit]") {
  const RunTrace run = recorded("deep-linear", {{"steps", "10"}}, {.updates = 4});
  REQUIRE(run.update_products.shape() == Shape{11, 4});
  CHECK(run.measured.empty());
  CHECK(run.update_products(0, 0) == 0);
  for (std::size_t t = 1; t < 11; ++t) {
    CHECK(run.update_products(t, 0) > 0);
    // The norm cannot change by more than the update is long.
    const double change = std::abs(run.weight_norm[t] - run.weight_norm[t - 1]);
    CHECK(change <= std::sqrt(run.update_products(t, 0)) * (1 + 1e-5));
  }
}

TEST_CASE("where nothing is trained, nothing is measured", "[unit]") {
  const RunTrace run = recorded("schematic", {}, {.cheap = true, .costly = true, .updates = 4});
  CHECK(run.measured.empty());
  CHECK(run.update_products.rank() < 2);
}
