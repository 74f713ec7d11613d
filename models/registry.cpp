#include <algorithm>

#include "engine/error.hpp"
#include "engine/memory.hpp"
#include "engine/names.hpp"
#include "models/decay_annealed.hpp"
#include "models/deep_linear.hpp"
#include "models/experiment_memory.hpp"
#include "models/grokking.hpp"
#include "models/induction.hpp"
#include "models/misalignment.hpp"
#include "models/quadratic.hpp"
#include "models/schematic.hpp"
#include "models/setting.hpp"
#include "models/tanh_mlp.hpp"
#include "models/text.hpp"
#include "models/tiny_lookup.hpp"
#include "models/toys.hpp"

namespace premelt {

namespace {

/// The setting as given, but refusing what this machine cannot hold.
Setting within_memory(Setting setting) {
  setting.make = [name = setting.name, make = setting.make](const Hyperparameters& parameters) {
    require_memory(experiment_bytes(parameters), "the setting '" + name + "' with these parameters");
    return make(parameters);
  };
  return setting;
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (const auto& setting :
       {deep_linear_setting, schematic_setting, grokking_setting, induction_setting, misalignment_setting,
        text_setting, tanh_mlp_setting, tiny_lookup_setting, quadratic_setting, pitchfork_setting,
        fold_setting, metastable_setting, drift_setting, decay_annealed_setting}) {
    all.push_back(within_memory(setting()));
  }
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = all_settings();
  return all;
}

const Setting& find_setting(const std::string& name) {
  const auto found = std::ranges::find(settings(), name, &Setting::name);
  if (found != settings().end()) return *found;
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(setting.name);
  throw UsageError(unknown_name("setting", name, names));
}

}  // namespace premelt
