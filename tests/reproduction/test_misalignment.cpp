/// The misalignment analogue over fresh seeds: when the narrow fine-tune spreads, what warns of it, and which
/// controls it cannot be told from. An illustration of a mechanism, no evidence about language models.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>

#include "models/settings/registry.hpp"
#include "rdm/window/blocks.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/statistics.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, seeds = 10;
constexpr std::int64_t stage_b = 150;

CollectedRun fine_tune(int seed, Overrides overrides = {}) {
  overrides.emplace_back("seed", std::to_string(seed));
  return collect("misalignment", overrides);
}

MonitorOptions default_options() {
  return find_setting("misalignment").make(with("misalignment", {}))->monitor_options();
}

/// The default rule on SHC, ten times its running minimum.
MonitorOptions ratio_rule() {
  return find_setting("misalignment")
      .make(with("misalignment", {{"alarm_statistic", "shc"}}))
      ->monitor_options();
}

std::vector<std::size_t> members(const std::string& block) {
  static const Blocks blocks(find_setting("misalignment").make(with("misalignment", {}))->probe_blocks());
  return blocks.members(block);
}

/// Mean probability of the good answers of the held-out probes before the fine-tune, under tag N.
double p_good_at_start(const CollectedRun& run) {
  double sum = 0;
  for (std::size_t i : members("held_out_good")) sum += std::exp(-run.losses[0][i]);
  return sum / static_cast<double>(members("held_out_good").size());
}

/// First recording whose mean probe loss is 0.1 nat below its running maximum. NaN: never.
double mean_loss_drop(const CollectedRun& run) {
  double highest = 0;
  for (std::size_t t = 0; t < run.losses.size(); ++t) {
    double mean = 0;
    for (double loss : run.losses[t]) mean += loss / static_cast<double>(run.losses[t].size());
    highest = std::max(highest, mean);
    if (mean < highest - 0.1) return static_cast<double>(run.recorded_steps[t]);
  }
  return never;
}

/// First recording with P(bad) of at least 0.06, twice what pre-training teaches. NaN: never.
double p_bad_doubled(const CollectedRun& run) {
  const std::vector<double>& p_bad = run.order.at("p_bad");
  const auto found = std::ranges::find_if(p_bad, [](double p) { return p >= 0.06; });
  return found == p_bad.end()
             ? never
             : static_cast<double>(run.recorded_steps[static_cast<std::size_t>(found - p_bad.begin())]);
}

/// Share of a block in the top eigenvector of the window that ends at the recording nearest before `step`.
double mass_at(const CollectedRun& run, const std::string& block, double step) {
  const auto after = std::ranges::upper_bound(run.observed_steps, static_cast<std::int64_t>(step));
  const auto t = static_cast<std::size_t>(after - run.observed_steps.begin()) - 1;
  double mass = 0;
  for (std::size_t i : members(block)) mass += run.top_modes[t][i] * run.top_modes[t][i];
  return mass;
}

/// The same of both held-out blocks. NaN: of a step that did not come.
double held_out_mass(const CollectedRun& run, double step) {
  if (std::isnan(step)) return never;
  return mass_at(run, "held_out_good", step) + mass_at(run, "held_out_bad", step);
}

struct Detectors {
  double rms, shc, drop, p_bad;
};

Detectors detect(const CollectedRun& run) {
  return {first_alarm(run, default_options()), first_alarm(run, ratio_rule()), mean_loss_drop(run),
          p_bad_doubled(run)};
}

}  // namespace

TEST_CASE("misalignment analogue: bad answers spread in ten seeds, after the losses have changed by 0.1 nat",
          "[reproduction]") {
  std::map<std::string, Timeliness> timeliness;
  std::map<std::string, std::vector<double>> masses;
  std::vector<double> good, before, final, t10, t50, t90, at_alarm, seconds, percent, signals;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
    CollectedRun run;
    seconds.push_back(processor_seconds([&] { run = fine_tune(seed); }));
    percent.push_back(100 * monitor_seconds(run, default_options()) / seconds.back());
    signals.push_back(100 * signal_seconds(run, default_options().window) / seconds.back());
    INFO("seed " << seed);
    good.push_back(p_good_at_start(run));
    before.push_back(run.value("p_bad", stage_b));
    final.push_back(run.order.at("p_bad").back());
    const auto level = [&](double fraction) { return run.crossing("p_bad", fraction * final.back()); };
    t10.push_back(level(0.1) - stage_b);
    t50.push_back(level(0.5) - stage_b);
    t90.push_back(level(0.9) - stage_b);
    const Detectors alarms = detect(run);
    for (const auto& [name, alarm] : {std::pair{"rms", alarms.rms},
                                      {"shc", alarms.shc},
                                      {"loss_drop", alarms.drop},
                                      {"p_bad", alarms.p_bad}})
      timeliness[name].add(alarm, level(0.1), level(0.5));
    for (const char* block : {"tuned_bad", "held_out_good", "held_out_bad", "unrelated"})
      masses[block].push_back(mass_at(run, block, level(0.5)));
    at_alarm.push_back(held_out_mass(run, alarms.rms));
  }
  Measured measured("misalignment/seeds");
  measured("p_good", good);
  measured("p_bad_after_a", before);
  measured("p_bad_at_the_end", final);
  measured("step_10", t10);
  measured("step_50", t50);
  measured("step_90", t90);
  for (const auto& [name, when] : timeliness) measured("alarm/" + name, when);
  for (const auto& [block, mass] : masses) measured("mass_at_50/" + block, mass);
  measured("held_out_mass_at_alarm", at_alarm);
  std::cout << "processor seconds a run " << range(seconds) << ", % of them in the monitor " << range(percent)
            << ", in SHC, PR and trace alone " << range(signals) << "\n";
  CHECK(std::ranges::min(good) >= 0.95);
  CHECK(std::ranges::count_if(final, [](double p) { return p >= 0.6; }) >= 9);
  const Timeliness& rms = timeliness["rms"];
  CHECK(rms.before_50 >= 9);
  // Simpler signals are as early, or earlier.
  for (const char* other : {"shc", "loss_drop", "p_bad"}) CHECK(timeliness[other].before_50 >= 9);
  CHECK(median(timeliness["loss_drop"].leads) > median(rms.leads));
  CHECK(median(timeliness["p_bad"].leads) >= median(rms.leads) / 2);
}

TEST_CASE("misalignment analogue, controls: what else alarms, and what spreads without a shared persona",
          "[reproduction]") {
  int quiet_alarms = 0;
  Measured measured("misalignment/controls");
  for (const std::string name : {"good", "req", "new_facts", "no_shared"}) {
    std::vector<double> final, at_alarm;
    int rms = 0, shc = 0, drop = 0, p_bad = 0;
    for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
      const CollectedRun run = fine_tune(seed, {{"control", name}});
      final.push_back(run.order.at("p_bad").back());
      const Detectors alarms = detect(run);
      at_alarm.push_back(held_out_mass(run, alarms.rms));
      rms += alarms.rms > 0;
      shc += alarms.shc > 0;
      drop += alarms.drop > 0;
      p_bad += alarms.p_bad > 0;
    }
    measured(name + "/p_bad_at_the_end", final);
    measured(name + "/held_out_mass_at_alarm", at_alarm);
    measured(name + "/alarms/rms", rms);
    measured(name + "/alarms/shc", shc);
    measured(name + "/alarms/loss_drop", drop);
    measured(name + "/alarms/p_bad", p_bad);
    if (name == "good" || name == "req") {
      quiet_alarms += rms;
      CHECK(worst_of(final) <= 0.05);
      CHECK(drop <= 1);
      CHECK(p_bad <= 1);
    } else {  // the fine-tune stays narrow, and they alarm all the same
      CHECK(rms >= 8);
      CHECK(drop >= 8);
      CHECK(shc >= 8);
    }
    if (name == "good") CHECK(shc >= 8);
    if (name == "no_shared") {
      CHECK(worst_of(final) <= 0.2);
      CHECK(p_bad <= 3);
    }
  }
  CHECK(quiet_alarms <= 1);
}
