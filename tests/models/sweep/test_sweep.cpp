/// The plan of a sweep and what it keeps of a run.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/sweep/probe_sets.hpp"
#include "models/sweep/segments.hpp"
#include "models/sweep/sweep.hpp"
#include "models/sweep/sweep_scores.hpp"
#include "rdm/scoring/verdict.hpp"
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

SweepTask held_out(std::uint64_t seed) {
  return {.role = Role::held_out_run, .seed = seed};
}

}  // namespace

TEST_CASE("no two runs of a sweep share a seed, whatever it consists of", "[unit]") {
  Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const std::vector<SweepTask> tasks = sweep_tasks(sweep);
  REQUIRE(tasks.size() == 2 + 2 + 4 * 2 * 3);
  CHECK(tasks[0].name() == "held-out-200");
  CHECK(tasks[2].name() == "development-1000200");
  CHECK(tasks[4].name() == "development-control-mode1-2000200");
  CHECK(tasks[7].name() == "held-out-control-mode1-3000200");
  sweep.traps = true;
  const std::vector<SweepTask> all = sweep_tasks(sweep);
  REQUIRE(all.size() == tasks.size() + 4 * 5 * 3);
  std::set<std::uint64_t> seeds;
  for (const SweepTask& task : all) seeds.insert(task.seed);
  CHECK(seeds.size() == all.size());
  // More of anything, and traps, leave the runs as they were: what is stored stays of use.
  sweep.traps = false;
  sweep.controls = 5;
  sweep.last_seed = 209;
  std::set<std::string> names;
  for (const SweepTask& task : sweep_tasks(sweep)) names.insert(task.name());
  for (const SweepTask& task : tasks) CHECK(names.contains(task.name()));
  for (std::size_t i = 0; i < tasks.size(); ++i) CHECK(all[i].name() == tasks[i].name());
}

TEST_CASE("shards are all tasks, each once", "[unit]") {
  const std::vector<SweepTask> tasks = sweep_tasks(small_sweep("schematic", {}));
  std::set<std::string> names;
  std::size_t count = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (const SweepTask& task : shard(tasks, i, 3)) {
      names.insert(task.name());
      ++count;
    }
  }
  CHECK(count == tasks.size());
  CHECK(names.size() == tasks.size());
  CHECK(shard(tasks, 900, 1000).empty());
}

TEST_CASE("the verdict is that of the setting's own window, or of the first", "[unit]") {
  Sweep sweep = small_sweep("schematic", {{"window", "30"}});
  CHECK(sweep.primary_window() == 30);
  sweep.windows = {10, 20};
  CHECK(sweep.primary_window() == 10);
}

TEST_CASE("runs and controls are recorded and settled by the same rules", "[property]") {
  // Recorded every 7 steps, with a burn-in between two recordings: the clock must not tell them apart.
  Sweep sweep = small_sweep("deep-linear", {{"steps", "2100"}, {"every", "7"}, {"burn_in", "100"}});
  sweep.windows = {5};
  FinishedRuns runs;
  for (const SweepTask& task : sweep_tasks(sweep)) {
    if (task.of_events() || task.event == "mode1" || task.event == "mode2")
      runs.emplace_back(task, sweep_run(sweep, task));
  }
  for (const char* event : {"mode1", "mode2"}) {
    const auto halves = halves_of(runs, event, 5);
    for (const Half* half : {&halves.at("clock").development, &halves.at("clock").held_out}) {
      const MatchedPairs pairs(*half);
      for (double c = 0; c < 2100; c += 3) REQUIRE(pairs.detection_rate(c) == pairs.false_alarm_rate(c));
      REQUIRE(pairs.auc() == 0.5);
      for (const Rises& control : half->controls) CHECK(control.end >= half->events.front().end);
    }
  }
  const EventScores scored = score_events(runs, sweep).front();
  CHECK(scored.event == "mode1");
  CHECK(scored.window_steps == 35);
  CHECK(scored.controls == 3);
  CHECK(scored.verdict.has_value());
  CHECK(find_detector(scored, "clock")->score.auc == 0.5);
}

TEST_CASE("a run of a sweep ends with its event and keeps every window", "[unit]") {
  const Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const SweepRun run = sweep_run(sweep, held_out(200));
  REQUIRE(run.contains("mode1"));
  REQUIRE(run.contains("mode2"));
  const SweptEvent& second = run.at("mode2");
  REQUIRE(second.event_step);
  CHECK(second.start > *run.at("mode1").event_step);
  for (const std::size_t window : {10UL, 30UL}) {
    const Rises& found = second.detectors.at(window).at("shc");
    CHECK(found.end == *second.event_step - second.start);
    CHECK(found.earliest == static_cast<std::int64_t>(window) + 2);  // K = 3 recordings, one a step
    CHECK(found.times.front() >= found.earliest);
    CHECK(found.times.back() <= found.end);
    CHECK(std::ranges::is_sorted(found.levels));
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

TEST_CASE("a horizon ends the watch of twins and lets later events count as none, and changes nothing else",
          "[unit]") {
  Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const SweepTask twin{.role = Role::held_out_control, .seed = 7, .event = "mode1"};
  const SweepRun all = sweep_run(sweep, held_out(200)), all_twin = sweep_run(sweep, twin);
  const std::int64_t wait = all.at("mode2").detectors.at(10).at("shc").end;
  for (const std::int64_t horizon : {wait, wait - 1}) {
    sweep.horizon = horizon;
    const SweepRun run = sweep_run(sweep, held_out(200));
    CHECK(run.at("mode2").event_step.has_value() == (horizon == wait));
    CHECK(run.at("mode2").detectors.empty() == (horizon < wait));
    const SweepRun short_twin = sweep_run(sweep, twin);
    const Rises &longer = all_twin.at("mode1").detectors.at(10).at("shc"),
                &shorter = short_twin.at("mode1").detectors.at(10).at("shc");
    CHECK(shorter.end == horizon);
    CHECK(longer.end == 800);
    CHECK(shorter.times.back() <= horizon);
    for (std::size_t k = 0; k < shorter.times.size(); ++k) {
      CHECK(shorter.times[k] == longer.times[k]);
      CHECK(shorter.levels[k] == longer.levels[k]);
    }
  }
  sweep.horizon = 29;  // the longest window has 30
  CHECK_THROWS_WITH(sweep_tasks(sweep), Catch::Contains("a horizon of 29 steps is shorter than the window"));
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
  const SweepRun run = sweep_run(sweep, held_out(200));
  CHECK_FALSE(run.at("critical").detectors.at(10).at("shc_whitened").levels.empty());
}

TEST_CASE("the null that whitens a run is a replica of its twin, with other noise", "[unit]") {
  const Overrides small{{"steps", "600"}, {"sweep_steps", "600"}, {"probes", "8"}, {"coupled", "4"}};
  Sweep sweep = small_sweep("pitchfork", small);
  sweep.whitened = true;
  const SweepTask task = held_out(200);
  const SweptEvent event = sweep_run(sweep, task).at("critical");
  REQUIRE(event.event_step);

  Hyperparameters parameters = sweep.parameters;
  parameters.set("seed", static_cast<std::int64_t>(task.seed));
  const RunTrace run = record_run(*sweep.setting->make(parameters), parameters);
  parameters.set("control", std::string("constant"));
  const auto twin = sweep.setting->make(parameters);
  twin->reseed(0);
  const RunTrace null = record_run(*twin, parameters);  // from its first step on: there is no burn-in
  const DetectorSeries series = detector_series(
      run, {.window = 10, .whitener = whitener(null.losses), .last = recording_at(run, *event.event_step)});
  const Rises expected =
      rises({series.steps, series.column("shc_whitened"), *event.event_step}, parameters.count("alarm_hold"));
  const Rises& found = event.detectors.at(10).at("shc_whitened");
  REQUIRE(event.start == 0);
  REQUIRE(found.times == expected.times);
  for (std::size_t i = 0; i < found.levels.size(); ++i) CHECK(found.levels[i] == Approx(expected.levels[i]));
}

TEST_CASE("every run is scored in its own half and family", "[unit]") {
  const auto said = [](std::optional<std::int64_t> event, const Rises& record) {
    return SweepRun{{"e", {.event_step = event, .detectors = {{10, {{"shc", record}}}}}}};
  };
  const Rises late{{40, 105, 115}, {1, 2, 3}, 200, 10};
  const FinishedRuns runs{
      {{.role = Role::held_out_run, .seed = 1}, said(100, {{50, 90}, {1, 2}, 100, 10})},
      {{.role = Role::held_out_run, .seed = 2}, said(120, {{60}, {4}, 120, 10})},
      {{.role = Role::held_out_run, .seed = 3}, {{"e", {}}}},
      {{.role = Role::development_run, .seed = 4}, said(90, {{20}, {7}, 90, 10})},
      {{.role = Role::development_control, .seed = 5, .event = "e"}, said(std::nullopt, late)},
      {{.role = Role::held_out_control, .seed = 6, .event = "e"}, said(std::nullopt, late)},
      {{.role = Role::held_out_control, .seed = 7, .event = "e"}, {}},
      {{.role = Role::trap, .seed = 8, .event = "e", .trap = "t"}, said(std::nullopt, late)}};
  const Halves halves = halves_of(runs, "e", 10).at("shc");
  REQUIRE(halves.held_out.events.size() == 2);
  CHECK(halves.held_out.events[1].levels == std::vector<double>{4});
  REQUIRE(halves.development.events.size() == 1);
  CHECK(halves.development.events[0].end == 90);
  REQUIRE(halves.development.controls.size() == 1);
  REQUIRE(halves.held_out.controls.size() == 1);
  CHECK(halves.held_out.controls[0].end == 200);  // cut by each run's horizon, when it is scored
  CHECK(halves_of(runs, "e", 20).empty());
  const auto alarms = [&](double threshold) {
    const TrapCount count = trap_counts(runs, "e", 10, "shc", threshold).at("t");
    REQUIRE(count.runs == 1);
    return count.alarms;
  };
  CHECK(alarms(2.5) == 1);
  CHECK(alarms(3) == 0);
}

TEST_CASE("first passages are those of detectors that were given the level", "[property]") {
  const Sweep sweep = small_sweep("deep-linear", {{"steps", "900"}, {"every", "3"}});
  FinishedRuns runs;
  for (const SweepTask& task : sweep_tasks(sweep)) {
    if (task.of_events() || task.event == "mode2") runs.emplace_back(task, sweep_run(sweep, task));
  }
  runs.emplace_back(SweepTask{.role = Role::trap, .seed = 200, .event = "mode2", .trap = "spike"},
                    sweep_run(sweep, {.role = Role::trap, .seed = 200, .event = "mode2", .trap = "spike"}));
  CHECK(std::ranges::count(not_available(runs), "first_passage") == 1);
  add_first_passages(runs, 3);
  CHECK(std::ranges::count(not_available(runs), "first_passage") == 0);

  // What the level is: the median over the development runs at their event, read off them anew.
  const auto recorded = [&](std::uint64_t seed, const std::string& control) {
    Hyperparameters parameters = sweep.parameters;
    parameters.set("seed", static_cast<std::int64_t>(seed));
    parameters.set("control", control);
    const auto experiment = sweep.setting->make(parameters);
    RunTrace run = record_run(*experiment, parameters);
    auto segments = segments_of(run, *experiment, parameters);
    return std::pair(std::move(run), std::move(segments));
  };
  double level = 0;
  for (const std::uint64_t seed : {1000200u, 1000201u}) {
    const auto [run, segments] = recorded(seed, "none");
    const double norm = run.weight_norm.at(recording_at(run, *find_segment(segments, "mode2")->event_step));
    level += std::log(norm * norm) / 2;
  }
  const std::string twin = find_segment(recorded(200, "none").second, "mode2")->spec.control;
  CHECK(passage_level(runs, "mode2", 10) == Approx(level).epsilon(1e-12));
  level = passage_level(runs, "mode2", 10);
  std::size_t rose = 0;
  for (const auto& [task, swept] : runs) {
    if (!task.trap.empty()) continue;
    const auto [run, segments] = recorded(task.seed, task.of_events() ? "none" : twin);
    const Segment& segment = *find_segment(segments, "mode2");
    for (const std::size_t window : {10UL, 30UL}) {
      const Rises& found = swept.at("mode2").detectors.at(window).at("first_passage");
      const DetectorSeries series = detector_series(
          run, {.window = window,
                .first = recording_at(run, segment.settled(3 * static_cast<std::int64_t>(window))),
                .last = recording_at(run, segment.start + found.end),
                .passage_level = level});
      Watched watched{{}, series.column("first_passage"), found.end};
      for (std::int64_t step : series.steps) watched.times.push_back(step - segment.start);
      const Rises expected = rises(watched, 3);
      CHECK(found.times == expected.times);
      CHECK(found.levels == expected.levels);
      CHECK(found.earliest == expected.earliest);
      rose += expected.levels.size();
    }
  }
  CHECK(rose > 20);
  CHECK(trap_counts(runs, "mode2", 10, "first_passage", -1e9).at("spike").runs == 1);
}

TEST_CASE("no held-out run enters the level of a first passage", "[property]") {
  const auto said = [](std::optional<std::int64_t> event, std::vector<double> log_squares) {
    SweptEvent swept{.event_step = event};
    swept.weight_paths[3] = {.first = 0, .every = 1, .end = 5, .log_squares = std::move(log_squares)};
    return SweepRun{{"e", swept}};
  };
  FinishedRuns runs{
      {{.role = Role::development_run, .seed = 1}, said(5, {0, 1, 2, 3, 4, 5})},
      {{.role = Role::development_run, .seed = 2}, said(5, {0, 2, 4, 6, 8, 10})},
      {{.role = Role::development_run, .seed = 3}, said(5, {0, 1, 1, 1, 1, 7})},
      {{.role = Role::development_run, .seed = 4}, said(std::nullopt, {0, 1, 2, 3, 4, 90})},
      {{.role = Role::development_control, .seed = 5, .event = "e"}, said(std::nullopt, {0, 1, 1, 1, 1, 90})},
      {{.role = Role::held_out_run, .seed = 6}, said(5, {0, 1, 2, 3, 4, 5})},
      {{.role = Role::held_out_control, .seed = 7, .event = "e"}, said(std::nullopt, {0, 1, 2, 2, 2, 2})}};
  CHECK(passage_level(runs, "e", 3) == 7);
  FinishedRuns others = runs;
  for (std::size_t i : {5u, 6u}) others[i].second.at("e").weight_paths.at(3).log_squares.back() = -50;
  add_first_passages(runs, 1);
  add_first_passages(others, 1);
  CHECK(passage_level(others, "e", 3) == 7);
  CHECK(runs[0].second.at("e").detectors.at(3).at("first_passage").levels ==
        std::vector<double>{-5, -4, -3, -2});
  for (std::size_t i = 0; i < 5; ++i) {
    const auto &one = runs[i].second.at("e").detectors.at(3).at("first_passage"),
               &other = others[i].second.at("e").detectors.at(3).at("first_passage");
    CHECK(one.levels == other.levels);
    CHECK(one.times == other.times);
  }
  const auto threshold = [](const FinishedRuns& finished) {
    const Half half = halves_of(finished, "e", 3).at("first_passage").development;
    const MatchedPairs pairs(half);
    return pairs.threshold(pairs.all_once());
  };
  CHECK(std::isfinite(threshold(runs)));
  CHECK(threshold(runs) == threshold(others));

  runs.erase(runs.begin(), runs.begin() + 3);  // without the event there is no level
  for (auto& [task, run] : runs) run.at("e").detectors.clear();
  add_first_passages(runs, 1);
  CHECK(std::isnan(passage_level(runs, "e", 3)));
  CHECK(halves_of(runs, "e", 3).empty());
}

TEST_CASE("a trap springs before the event of its own seed and is watched as long", "[unit]") {
  const Sweep sweep = small_sweep("deep-linear", {{"steps", "800"}});
  const SweptEvent with = sweep_run(sweep, held_out(300)).at("mode1");
  const SweptEvent trapped =
      sweep_run(sweep, {.role = Role::trap, .seed = 300, .event = "mode1", .trap = "spike"}).at("mode1");
  const Rises& found = trapped.detectors.at(10).at("mean_variance");
  CHECK(found.end == *with.event_step - with.start);
  // The spike lies half-way between the first window and the event, and nothing is as loud.
  CHECK(found.times.back() >= (10 + *with.event_step) / 2);
  CHECK(found.times.back() <= (10 + *with.event_step) / 2 + 13);
  CHECK(sweep_run(small_sweep("deep-linear", {{"steps", "20"}}),
                  {.role = Role::trap, .seed = 300, .event = "mode1", .trap = "spike"})
            .empty());
}

TEST_CASE("a sweep reads the channels of its setting", "[unit]") {
  Sweep sweep = small_sweep("grokking", {{"quick", "true"}, {"steps", "300"}, {"burn_in", "0"}});
  const SweepTask twin{.role = Role::held_out_control, .seed = 300, .event = "grokked"};
  const SweepRun run = sweep_run(sweep, twin);
  CHECK(run.at("grokked").detectors.at(10).contains("shc_log_test"));
  CHECK_FALSE(run.at("grokked").event_step);
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
  const SweepRun run = sweep_run(sweep, held_out(200));
  const auto& detectors = run.at("mode1").detectors.at(10);
  CHECK(detectors.at("shc_only_mode1").levels.back() > detectors.at("shc_without_mode1").levels.back());
}

TEST_CASE("a sweep refuses windows that do not fit", "[unit]") {
  Sweep sweep = small_sweep("pitchfork", {{"steps", "20"}});
  CHECK_THROWS_AS(sweep_tasks(sweep), UsageError);
  sweep.windows = {1};
  CHECK_THROWS_AS(sweep_tasks(sweep), UsageError);
}
