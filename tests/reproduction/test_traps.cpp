/// Runs in which nothing is learnt, and which alarm all the same.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "models/settings/registry.hpp"
#include "rdm/scoring/matched_rates.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/reproduction/traces.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int runs = 20, first_seed = 200, first_null_seed = 300;
constexpr std::size_t window = 40;
using AllRises = std::map<std::string, Rises>;  ///< by detector
constexpr std::array watched{"shc",       "localisation",  "shc_detrended", "shc_log",    "trace",
                             "mean_drop", "mean_variance", "gradient_norm", "weight_norm"};

/// Modes 1 and 2 are learnt, 3 and 4 cannot be. Everything is watched once mode 2 is complete.
AllRises watch(const Overrides& overrides, int seed) {
  Overrides all{{"label_noise", "1"}, {"window", "40"}};
  all.insert(all.end(), overrides.begin(), overrides.end());
  all.emplace_back("steps", "3300");
  const Sweep sweep{.setting = &find_setting("deep-linear"),
                    .parameters = with("deep-linear", all),
                    .windows = {window},
                    .first_seed = 0,
                    .last_seed = 0,
                    .controls = 0};
  const SweepRun run = sweep_run(
      sweep, {.role = Role::held_out_control, .seed = static_cast<std::uint64_t>(seed), .event = "mode3"});
  return run.at("mode3").detectors.at(window);
}

std::vector<AllRises> watches(const Overrides& overrides, int first) {
  std::vector<AllRises> result;
  for (int i = 0; i < runs; ++i) result.push_back(watch(overrides, first + i));
  return result;
}

constexpr std::int64_t horizon = 3300;  ///< of all runs

std::vector<double> maxima(const std::vector<AllRises>& set, const std::string& detector) {
  std::vector<double> result;
  for (const AllRises& one : set) result.push_back(highest(one.at(detector), horizon));
  return result;
}

/// The lowest threshold that 5 % of these runs exceed.
double threshold_of(const std::vector<AllRises>& controls, const std::string& detector) {
  Half half;
  half.events.push_back({{}, {}, 0, 0});
  for (double level : maxima(controls, detector)) half.controls.push_back({{0}, {level}, 0, 0});
  const MatchedPairs pairs(half);
  return pairs.threshold(pairs.all_once());
}

}  // namespace

TEST_CASE("traps: what alarms although nothing is learnt", "[reproduction]") {
  const std::vector<AllRises> calibration = watches({}, first_null_seed);
  Measured measured("traps");
  std::map<std::string, std::map<std::string, double>> alarms;  // by trap, then by detector
  for (const char* trap : {"none", "rate_drop", "warm_up", "spike", "batch_drop"}) {
    const std::vector<AllRises> trapped = watches({{"trap", trap}}, first_seed);
    for (const char* detector : watched) {
      const double threshold = threshold_of(calibration, detector);
      const auto fired =
          std::ranges::count_if(maxima(trapped, detector), [&](double x) { return x > threshold; });
      alarms[trap][detector] = static_cast<double>(fired);
      measured(std::string(trap) + "/" + detector, alarms[trap][detector]);
    }
  }
  // What makes the weights jump fires SHC, and its rivals: that it does is part of the result.
  for (const char* trap : {"spike", "batch_drop"}) {
    for (const char* detector : {"shc", "shc_detrended", "trace", "mean_drop", "mean_variance"})
      CHECK(alarms[trap][detector] >= runs - 2);
  }
  CHECK(alarms["warm_up"]["shc"] <= alarms["none"]["shc"] + 3);
}
