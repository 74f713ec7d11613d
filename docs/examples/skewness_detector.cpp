/// A new detector, the skewness of the mean loss in the window, raced against SHC at the same false alarms.

#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "models/sweep/sweep.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/scoring.hpp"

using namespace premelt;

constexpr std::size_t window = 40, hold = 3, runs = 30;

/// -m₃/m₂^(3/2) of the mean loss in the window: positive when a few recordings lie far below the others, as
/// when a fall begins (after Guttal and Jayaprakash, Ecology Letters 11, 2008). Undefined when nothing moves.
double skewness(const Sight& seen) {
  const double centre = std::accumulate(seen.means.begin(), seen.means.end(), 0.0) / window;
  double second = 0, third = 0;
  for (double x : seen.means) {
    second += std::pow(x - centre, 2) / window;
    third += std::pow(x - centre, 3) / window;
  }
  return second > 0 ? -third / std::pow(second, 1.5) : NAN;
}

const Detector row{"skewness", Needs::losses, skewness, "a few recordings far below the others"};

/// One run of the schematic, all detectors read up to the half-way point (step 200), event or not.
DetectorSeries read(std::uint64_t seed, const char* control) {
  const Setting& setting = find_setting("schematic");
  Hyperparameters parameters = setting.parameters;
  parameters.set("seed", static_cast<std::int64_t>(seed));
  parameters.set("control", std::string(control));
  const RunTrace run = record_run(*setting.make(parameters), parameters, 200);
  return detector_series(run, {.window = window, .further = {row}});
}

int main() {
  const std::vector<std::string> names{"shc", row.name};
  std::map<std::string, Halves> halves;
  const auto fill = [&](std::uint64_t first, const char* control, Half Halves::*half,
                        std::vector<Rises> Half::*family) {
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
      const DetectorSeries series = read(seed, control);
      for (const std::string& name : names)
        (halves[name].*half.*family).push_back(rises({series.steps, series.column(name), 200}, hold));
    }
  };
  fill(200, "none", &Halves::held_out, &Half::events);
  fill(300, "constant", &Halves::development, &Half::controls);
  fill(300 + runs, "constant", &Halves::held_out, &Half::controls);
  fill(300 + 2 * runs, "none", &Halves::development, &Half::events);

  std::printf("%-10s %9s %13s %6s %6s\n", "detector", "detected", "false alarms", "lead", "AUC");
  for (const std::string& name : names) {
    const Score s = Scorer().score(halves[name]);
    std::printf("%-10s %7.0f %% %11.0f %% %6.0f %6.2f\n", name.c_str(), 100 * s.detection_rate,
                100 * s.false_alarm_rate, s.median_lead, s.auc);
  }
}
