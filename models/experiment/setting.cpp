#include "models/experiment/setting.hpp"

#include <algorithm>

namespace premelt {

Hyperparameters parameter_table(const CommonDefaults& defaults, const std::vector<Hyperparameter>& own) {
  std::vector<Hyperparameter> table{
      {"seed", std::int64_t{1}, "seed of all random streams", 0, {}, 0x1p63},
      {"steps", defaults.steps, "training steps", 1},
      {"dtype", std::string(defaults.dtype), "element type of the training", {}, {"float32", "float64"}},
      {"every", defaults.every, "steps between recordings (k)", 1},
      {"checkpoint_every", std::int64_t{0}, "steps between checkpoints; 0: a twentieth of the run", 0},
      {"window", defaults.window, "recordings in the sliding window (W)", 2},
      {"modes", std::int64_t{3}, "leading eigenvectors to keep, at most one a probe", 1},
      {"modes_every", std::int64_t{1}, "full windows from one with eigenvectors to the next", 1},
      {"burn_in", defaults.burn_in, "first step whose window may raise an alarm", 0},
      {"alarm_statistic", std::string(defaults.alarm_statistic),
       "column of signals.csv that the alarm reads"},
      {"alarm_hold", std::int64_t{3}, "recordings in a row above the threshold (K)", 1},
  };
  table.insert(table.end(), own.begin(), own.end());
  return Hyperparameters(std::move(table));
}

void assign_parameters(const Setting& setting, Hyperparameters& parameters,
                       const std::function<void(Hyperparameters&)>& assign) {
  const auto quick = [&] { return parameters.contains("quick") && parameters.flag("quick"); };
  const bool was_quick = quick();
  assign(parameters);
  if (was_quick || !quick()) return;
  for (const auto& [name, value] : setting.quick) parameters.set(name, value);
  assign(parameters);
}

MonitorOptions monitor_options(const Hyperparameters& parameters, std::size_t probes) {
  MonitorOptions options;
  options.probes = probes;
  options.window = parameters.count("window");
  options.modes = std::min(parameters.count("modes"), probes);
  options.modes_every = parameters.count("modes_every");
  options.alarm.hold = parameters.count("alarm_hold");
  options.alarm.burn_in = parameters.integer("burn_in");
  options.alarm_statistic = parameters.text("alarm_statistic");
  return options;
}

}  // namespace premelt
