#pragma once
/// Running a setting of `premelt settings` inside a lesson, without files.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/experiment/run.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "rdm/scoring/detectors.hpp"

namespace lesson {

/// Name and text of parameters that differ from the setting's defaults.
using Overrides = std::vector<std::pair<std::string, std::string>>;

inline premelt::Hyperparameters parameters(const std::string& setting, const Overrides& overrides = {}) {
  premelt::Hyperparameters table = premelt::find_setting(setting).parameters;
  for (const auto& [name, text] : overrides) table.parse(name, text);
  return table;
}

inline std::unique_ptr<premelt::Experiment> start(const std::string& setting,
                                                  const Overrides& overrides = {}) {
  return premelt::find_setting(setting).make(parameters(setting, overrides));
}

/// The probe losses and order parameters of a whole run.
inline premelt::RunTrace record(const std::string& setting, const Overrides& overrides = {}) {
  const premelt::RunPlan plan = premelt::run_plan(parameters(setting, overrides));
  const auto experiment = start(setting, overrides);
  const std::size_t rows = static_cast<std::size_t>(plan.steps / plan.every) + 1;
  std::vector<double> order(experiment->order_names().size());

  premelt::RunTrace trace;
  trace.losses = premelt::Tensor<double>(premelt::Shape{rows, experiment->probe_blocks().size()});
  trace.order.resize(order.size());
  for (std::int64_t step = 0; step <= plan.steps; ++step) {
    if (step > 0) experiment->step();
    if (step % plan.every != 0) continue;
    experiment->probe_losses(trace.losses.row(trace.steps.size()));
    experiment->order_parameters(order);
    for (std::size_t k = 0; k < order.size(); ++k) trace.order[k].push_back(order[k]);
    trace.steps.push_back(step);
  }
  return trace;
}

}  // namespace lesson
