/// A new detector, the skewness of the mean loss in the window, raced against SHC at the same false alarms.

#include <cmath>
#include <cstdio>
#include <numeric>

#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "models/sweep/sweep.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/scoring.hpp"

using namespace premelt;

constexpr std::size_t window = 40, hold = 3, runs = 30;

/// -m₃/m₂^(3/2) of the mean loss in each window: positive when a few recordings lie far below the others, as
/// when a fall begins (after Guttal and Jayaprakash, Ecology Letters 11, 2008). Undefined when nothing moves.
std::vector<double> skewness(const RunTrace& run) {
  std::vector<double> means, series;
  for (std::size_t t = 0; t < run.steps.size(); ++t) {
    const auto losses = run.losses.row(t);
    means.push_back(std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size()));
    if (means.size() < window) continue;
    const std::span<const double> last = std::span(means).last(window);
    const double centre = std::accumulate(last.begin(), last.end(), 0.0) / window;
    double second = 0, third = 0;
    for (double x : last) {
      second += std::pow(x - centre, 2) / window;
      third += std::pow(x - centre, 3) / window;
    }
    series.push_back(second > 0 ? -third / std::pow(second, 1.5) : NAN);
  }
  return series;
}

/// One run of the schematic, both detectors watched up to the half-way point (step 200), event or not.
std::pair<Watch, Watch> watch(std::uint64_t seed, const char* control) {
  const Setting& setting = find_setting("schematic");
  Hyperparameters parameters = setting.parameters;
  parameters.set("seed", static_cast<std::int64_t>(seed));
  parameters.set("control", std::string(control));
  const RunTrace run = record_run(*setting.make(parameters), parameters);
  const DetectorSeries known = detector_series(run, {.window = window});
  Watch ours{{}, {}, 200}, shc = ours;
  const std::vector<double> skew = skewness(run);
  for (std::size_t t = 0; t < known.steps.size() && known.steps[t] <= 200; ++t) {
    ours.steps.push_back(known.steps[t]);
    ours.values.push_back(skew[t]);
    shc.values.push_back(known.column("shc")[t]);
  }
  shc.steps = ours.steps;
  return {ours, shc};
}

int main() {
  WatchSet ours, shc;
  const auto fill = [](std::uint64_t first, const char* control, std::vector<Watch>& a,
                       std::vector<Watch>& b) {
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
      const auto [x, y] = watch(seed, control);
      a.push_back(x);
      b.push_back(y);
    }
  };
  fill(200, "none", ours.events, shc.events);
  fill(300, "constant", ours.calibration, shc.calibration);
  fill(300 + runs, "constant", ours.controls, shc.controls);

  std::printf("%-10s %9s %13s %6s %6s\n", "detector", "detected", "false alarms", "lead", "AUC");
  for (const auto& [name, set] : {std::pair{"shc", &shc}, std::pair{"skewness", &ours}}) {
    const Score s = score(*set, hold);
    std::printf("%-10s %7.0f %% %11.0f %% %6.0f %6.2f\n", name, 100 * s.detection_rate,
                100 * s.false_alarm_rate, s.median_lead, s.auc);
  }
}
