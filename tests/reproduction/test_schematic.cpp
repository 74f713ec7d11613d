/// The paper's Fig. 1 over fresh seeds, with the two settings in which it fails.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "rdm/window/null.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, seeds = 30;
constexpr double t0 = 200;

CollectedRun schematic(int seed, Overrides overrides = {}) {
  overrides.emplace_back("seed", std::to_string(seed));
  return collect("schematic", overrides);
}

std::size_t peak_of(const std::vector<double>& signal) {
  return static_cast<std::size_t>(std::ranges::max_element(signal) - signal.begin());
}

}  // namespace

TEST_CASE("schematic: SHC peaks where theory says, on group B, above a plateau at the null",
          "[reproduction]") {
  const double null = window_null(60, 40, 0.05).shc_mean();
  double plateau = 0;
  std::vector<double> peaks, masses, least_prs;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    const CollectedRun run = schematic(seed);
    const std::vector<double>& shc = run.signals.at("shc");
    const std::size_t peak = peak_of(shc);
    const double when = static_cast<double>(run.observed_steps[peak]) - t0;
    INFO("seed " << seed << ": peak at t0 + " << when);
    CHECK((when >= 17 && when <= 23));  // theory: (W-1)/2 = 19.5
    peaks.push_back(when);

    double mass = 0;  // of the top eigenvector on group B, probes 20 to 39
    for (std::size_t i = 20; i < 40; ++i) mass += run.top_modes[peak][i] * run.top_modes[peak][i];
    CHECK(mass >= 0.99);
    masses.push_back(mass);

    const double pr = std::ranges::min(run.signals.at("pr"));
    CHECK(pr < 1.4);
    least_prs.push_back(pr);

    const auto quiet = std::ranges::upper_bound(run.observed_steps, 100) - run.observed_steps.begin();
    plateau +=
        std::accumulate(shc.begin(), shc.begin() + quiet, 0.0) / static_cast<double>(quiet) / null / seeds;
  }
  CHECK((plateau >= 0.98 && plateau <= 1.03));
  Measured measured("schematic/plain");
  measured("peak", peaks);
  measured("mass", masses);
  measured("least_pr", least_prs);
  measured("plateau", plateau);
}

TEST_CASE("schematic, negative control 1: a transition shorter than the window peaks after it is over",
          "[reproduction]") {
  int after = 0;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    const CollectedRun run = schematic(seed, {{"tau", "2"}});
    const auto peak = static_cast<double>(run.observed_steps[peak_of(run.signals.at("shc"))]);
    after += peak > t0 + 2 * std::log(99.0);
  }
  Measured("schematic/short")("after_99", after);
  CHECK(after == seeds);
}

TEST_CASE("schematic, negative control 2: linear detrending hides a slow transition", "[reproduction]") {
  int detected = 0;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    detected += !schematic(seed, {{"tau", "20"}, {"alarm_statistic", "shc_detrended"}}).alarms().empty();
  }
  Measured("schematic/detrended")("silent", seeds - detected);
  CHECK(detected <= seeds / 10);
}
