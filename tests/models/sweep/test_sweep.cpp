/// The plan of a sweep and what it keeps of a run.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/sweep/probe_sets.hpp"
#include "models/sweep/segments.hpp"
#include "models/sweep/sweep.hpp"
#include "rdm/scoring/whitening.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

Sweep small_sweep(const std::string& setting, const Overrides& overrides) {
  return {.setting = &find_setting(setting),
          .parameters = with(setting, overrides),
          .windows = {10, 30},
          .first_seed = 200,
          .last_seed = 201,
          .controls = 3};
}

FinishedRuns train(const Sweep& sweep, const std::vector<SweepTask>& tasks) {
  FinishedRuns runs;
  for (const SweepTask& task : tasks) runs.emplace_back(task, sweep_run(sweep, task));
  return runs;
}

}  // namespace

TEST_CASE("no two runs of a sweep share a seed, and traps leave those of the others alone", "[unit]") {
  Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const std::vector<SweepTask> scored = scored_tasks(sweep);
  REQUIRE(scored.size() == 2);
  CHECK(scored.front().name() == "scored-200");
  const FinishedRuns runs = train(sweep, scored);
  const std::vector<SweepTask> twins = twin_tasks(sweep, runs);
  REQUIRE(twins.size() == 2 * 2 * 3);  // 800 steps learn modes 1 and 2
  sweep.traps = true;
  const std::vector<SweepTask> all = twin_tasks(sweep, runs);
  REQUIRE(all.size() == twins.size() + 2 * 5 * 3);
  std::set<std::uint64_t> seeds{200, 201};
  for (std::size_t i = 0; i < all.size(); ++i) {
    seeds.insert(all[i].seed);
    if (i < twins.size()) CHECK(all[i].name() == twins[i].name());
    CHECK(all[i].last > 0);
    CHECK(all[i].last < 800);  // a twin is watched no longer than the median run takes to its event
  }
  CHECK(seeds.size() == 2 + all.size());
  CHECK(all.back().trap_step < all.back().last);
}

TEST_CASE("a run of a sweep ends with its event and keeps every window", "[unit]") {
  const Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const SweepRun run = sweep_run(sweep, scored_tasks(sweep).front());
  REQUIRE(run.contains("mode1"));
  REQUIRE(run.contains("mode2"));
  const SweepWatch& second = run.at("mode2");
  REQUIRE(second.event_step);
  CHECK(second.start > *run.at("mode1").event_step);
  for (const std::size_t window : {10UL, 30UL}) {
    const Watch& watch = second.detectors.at(window).at("shc");
    CHECK(watch.end == *second.event_step);
    CHECK(watch.steps.front() >= second.start + static_cast<std::int64_t>(window));
    CHECK(watch.steps.back() <= watch.end);
    CHECK(std::ranges::is_sorted(watch.values));
  }
  CHECK_FALSE(second.detectors.at(10).contains("shc_whitened"));
  // A longer window peaks later; by 95 % both have peaked.
  const auto &narrow = second.lags.at(10), &wide = second.lags.at(30);
  CHECK(narrow.at("half").steps > wide.at("half").steps);
  CHECK(narrow.at("95 %").steps > narrow.at("half").steps);
  CHECK(narrow.at("alignment").steps < 0);  // whitened inputs align long before
  for (const auto& [definition, lag] : narrow) {
    INFO(definition);
    CHECK(lag.chance >= 0);
    CHECK(lag.chance <= 1);
  }
  CHECK(narrow.contains("steepest fall"));
}

TEST_CASE("whitening needs a null of its own: settings without randomness have none", "[unit]") {
  for (const char* random : {"deep-linear", "pitchfork", "schematic", "decay-annealed", "induction"}) {
    INFO(random);
    CHECK(has_replicas(find_setting(random), with(random, {})));
  }
  CHECK_FALSE(has_replicas(find_setting("grokking"), with("grokking", {})));
  Sweep sweep =
      small_sweep("pitchfork", {{"steps", "600"}, {"sweep_steps", "600"}, {"probes", "8"}, {"coupled", "4"}});
  sweep.whitened = true;
  const SweepRun run = sweep_run(sweep, scored_tasks(sweep).front());
  CHECK_FALSE(run.at("critical").detectors.at(10).at("shc_whitened").values.empty());
}

TEST_CASE("the null that whitens a run is a replica of its twin, with other noise", "[unit]") {
  const Overrides small{{"steps", "600"}, {"sweep_steps", "600"}, {"probes", "8"}, {"coupled", "4"}};
  Sweep sweep = small_sweep("pitchfork", small);
  sweep.whitened = true;
  const SweepTask task = scored_tasks(sweep).front();
  const SweepWatch watch = sweep_run(sweep, task).at("critical");
  REQUIRE(watch.event_step);

  Hyperparameters parameters = sweep.parameters;
  parameters.set("seed", static_cast<std::int64_t>(task.seed));
  const RunTrace run = record_run(*sweep.setting->make(parameters), parameters);
  parameters.set("control", std::string("constant"));
  const auto twin = sweep.setting->make(parameters);
  twin->reseed(0);
  const RunTrace null = record_run(*twin, parameters);  // from its first step on: there is no burn-in
  const DetectorSeries series = detector_series(
      run, {.window = 10, .whitener = whitener(null.losses), .last = recording_at(run, *watch.event_step)});
  const Watch expected =
      rises({series.steps, series.column("shc_whitened"), *watch.event_step}, parameters.count("alarm_hold"));
  const Watch& found = watch.detectors.at(10).at("shc_whitened");
  REQUIRE(found.steps == expected.steps);
  for (std::size_t i = 0; i < found.values.size(); ++i) CHECK(found.values[i] == Approx(expected.values[i]));
}

TEST_CASE("controls and traps are watched up to the median run's event and no longer", "[unit]") {
  const auto watched = [](std::optional<std::int64_t> event, const Watch& watch) {
    return SweepRun{{"e", {.event_step = event, .detectors = {{10, {{"shc", watch}}}}}}};
  };
  const Watch late{{40, 105, 115}, {1, 2, 3}, 200};
  const FinishedRuns runs{
      {{.role = Role::scored, .seed = 1}, watched(100, {{50, 90}, {1, 2}, 100})},
      {{.role = Role::scored, .seed = 2}, watched(120, {{60}, {4}, 120})},
      {{.role = Role::scored, .seed = 3}, watched(std::nullopt, {{60}, {4}, 200})},
      {{.role = Role::calibration, .seed = 4, .event = "e"}, watched(std::nullopt, late)},
      {{.role = Role::control, .seed = 5, .event = "e"}, watched(std::nullopt, late)},
      {{.role = Role::trap, .seed = 6, .event = "e", .trap = "t"}, watched(std::nullopt, late)}};
  const WatchSet set = watch_set(runs, "e", 10, "shc");
  REQUIRE(set.events.size() == 2);
  CHECK(set.events[1].values == std::vector<double>{4});
  for (const auto* controls : {&set.calibration, &set.controls}) {
    REQUIRE(controls->size() == 1);
    CHECK(controls->front().end == 110);
    CHECK(controls->front().steps == std::vector<std::int64_t>{40, 105});
    CHECK(controls->front().values == std::vector<double>{1, 2});
  }
  const auto alarms = [&](double threshold) {
    const TrapCount count = trap_counts(runs, "e", 10, "shc", threshold).at("t");
    REQUIRE(count.runs == 1);
    return count.alarms;
  };
  CHECK(alarms(1.5) == 1);
  CHECK(alarms(2.5) == 0);
}

TEST_CASE("a sweep reads the channels of its setting", "[unit]") {
  Sweep sweep = small_sweep("grokking", {{"quick", "true"}, {"steps", "300"}, {"burn_in", "0"}});
  SweepTask twin{.role = Role::control, .seed = 300, .event = "grokked", .last = 300};
  const SweepRun run = sweep_run(sweep, twin);
  CHECK(run.at("grokked").detectors.at(10).contains("shc_log_test"));
  twin.trap = "no_decay";
  CHECK_FALSE(sweep_run(sweep, twin).at("grokked").event_step);
}

TEST_CASE("parts of a probe set: blocks, all but a block, and every so many", "[unit]") {
  const std::vector<Channel> sets = probe_sets({"a", "b", "a", "b", "c", "c", "a", "a"});
  std::map<std::string, std::vector<std::size_t>> probes;
  for (const Channel& set : sets) probes[set.suffix] = set.probes;
  CHECK(probes.at("only_b") == std::vector<std::size_t>{1, 3});
  CHECK(probes.at("without_a") == std::vector<std::size_t>{1, 3, 4, 5});
  CHECK(probes.at("half") == std::vector<std::size_t>{0, 1, 4, 6});
  CHECK(probes.at("quarter") == std::vector<std::size_t>{0, 1, 4});
  CHECK(probes.size() == 2 * 3 + 3);
  CHECK(probe_sets({"all", "all"}).empty());  // one block, and a half of it is one probe

  Sweep sweep = small_sweep("deep-linear", {{"steps", "500"}, {"probe_kind", "grouped"}});
  sweep.ablate = true;
  const SweepRun run = sweep_run(sweep, scored_tasks(sweep).front());
  const auto& detectors = run.at("mode1").detectors.at(10);
  CHECK(detectors.at("shc_only_mode1").values.back() > detectors.at("shc_without_mode1").values.back());
}

TEST_CASE("a sweep refuses windows that do not fit", "[unit]") {
  Sweep sweep = small_sweep("pitchfork", {{"steps", "20"}});
  CHECK_THROWS_AS(scored_tasks(sweep), UsageError);
  sweep.windows = {1};
  CHECK_THROWS_AS(scored_tasks(sweep), UsageError);
}
