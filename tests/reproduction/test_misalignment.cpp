/// The misalignment analogue over fresh seeds: when the narrow fine-tune spreads, what warns of it, and which
/// controls it cannot be told from. An illustration of a mechanism, no evidence about language models.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>

#include "rdm/blocks.hpp"
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

/// Where SHC is largest in stage B.
double shc_peak(const CollectedRun& run) {
  const std::vector<double>& shc = run.signals.at("shc");
  const auto begin = std::ranges::lower_bound(run.observed_steps, stage_b) - run.observed_steps.begin();
  const auto highest = std::max_element(shc.begin() + begin, shc.end()) - shc.begin();
  return static_cast<double>(run.observed_steps[static_cast<std::size_t>(highest)]);
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
    for (const auto& [name, alarm] : {std::pair{"rms change above 0.1 nat", alarms.rms},
                                      {"SHC x 10", alarms.shc},
                                      {"mean probe loss down 0.1", alarms.drop},
                                      {"P(bad) above 0.06", alarms.p_bad}})
      timeliness[name].add(alarm, level(0.1), level(0.5));
    for (const char* block : {"tuned_bad", "held_out_good", "held_out_bad", "unrelated"})
      masses[block].push_back(mass_at(run, block, level(0.5)));
    at_alarm.push_back(held_out_mass(run, alarms.rms));
  }
  std::cout << "misalignment analogue, " << seeds << " seeds: P(good|N) after pre-training " << range(good)
            << ", P(bad|N) at the end of stage A " << range(before) << ", at the end " << range(final)
            << "; steps of stage B to 10 % " << range(t10) << ", 50 % " << range(t50) << ", 90 % "
            << range(t90) << "; processor seconds a run " << range(seconds) << ", % of them in the monitor "
            << range(percent) << ", in SHC, PR and trace alone " << range(signals) << "\n";
  for (const auto& [name, when] : timeliness) std::cout << "  " << name << ": " << when.text() << "\n";
  for (const auto& [block, mass] : masses)
    std::cout << "  share of v1 at 50 % on " << block << ": " << range(mass) << "\n";
  std::cout << "  share of v1 at the rms alarm on both held-out blocks: " << range(at_alarm) << "\n";
  CHECK(std::ranges::min(good) >= 0.95);
  CHECK(std::ranges::count_if(final, [](double p) { return p >= 0.6; }) >= 9);
  CHECK(timeliness["rms change above 0.1 nat"].before_50 >= 9);
}

TEST_CASE("misalignment analogue, controls: what else alarms, and what spreads without a shared persona",
          "[reproduction]") {
  int quiet_alarms = 0;
  for (const char* control : {"good", "req", "new_facts", "no_shared"}) {
    std::vector<double> final, unrelated, at_alarm;
    int rms = 0, shc = 0, drop = 0, p_bad = 0;
    for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
      const CollectedRun run = fine_tune(seed, {{"control", control}});
      final.push_back(run.order.at("p_bad").back());
      unrelated.push_back(mass_at(run, "unrelated", shc_peak(run)));
      const Detectors alarms = detect(run);
      at_alarm.push_back(held_out_mass(run, alarms.rms));
      rms += alarms.rms > 0;
      shc += alarms.shc > 0;
      drop += alarms.drop > 0;
      p_bad += alarms.p_bad > 0;
    }
    std::cout << "misalignment analogue, control " << control << ": final P(bad) " << range(final)
              << ", share of v1 on unrelated at the SHC peak " << range(unrelated)
              << ", on both held-out blocks at the rms alarm " << range(at_alarm)
              << "; alarms of the rms change in " << rms << ", of SHC x 10 in " << shc
              << ", of the mean loss in " << drop << ", of P(bad) in " << p_bad << " of " << seeds << "\n";
    const std::string name = control;
    if (name == "good" || name == "req") {
      quiet_alarms += rms;
      CHECK(worst_of(final) <= 0.05);
    }
    if (name == "no_shared") CHECK(worst_of(final) <= 0.2);
  }
  CHECK(quiet_alarms <= 1);
}
