#include "models/settings/registry.hpp"

#include <algorithm>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "engine/tensor/names.hpp"
#include "models/experiment/experiment_memory.hpp"
#include "models/settings/decay_annealed.hpp"
#include "models/settings/deep_linear.hpp"
#include "models/settings/grokking.hpp"
#include "models/settings/induction.hpp"
#include "models/settings/misalignment.hpp"
#include "models/settings/quadratic.hpp"
#include "models/settings/schematic.hpp"
#include "models/settings/tanh_mlp.hpp"
#include "models/settings/text.hpp"
#include "models/settings/tiny_lookup.hpp"
#include "models/settings/toys.hpp"

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

std::vector<Setting> our_settings() {
  std::vector<Setting> all;
  for (const auto& setting :
       {deep_linear_setting, schematic_setting, grokking_setting, induction_setting, misalignment_setting,
        text_setting, tanh_mlp_setting, tiny_lookup_setting, quadratic_setting, pitchfork_setting,
        fold_setting, metastable_setting, drift_setting, decay_annealed_setting}) {
    all.push_back(within_memory(setting()));
  }
  return all;
}

std::vector<Setting>& all_settings() {
  static std::vector<Setting> all = our_settings();
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  return all_settings();
}

void add_setting(Setting setting) {
  const std::string name = "the setting '" + setting.name + "'";
  // The name stands in commands, in names of directories and in files.
  if (setting.name.empty() ||
      setting.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    throw UsageError(name + ": expected a name of lower-case letters, digits and hyphens");
  if (!setting.make) throw UsageError(name + " has no function `make`");
  if (std::ranges::count(settings(), setting.name, &Setting::name) > 0)
    throw UsageError(name + " is there already; give yours another name");
  all_settings().push_back(within_memory(std::move(setting)));
}

const Setting& find_setting(const std::string& name) {
  const auto found = std::ranges::find(settings(), name, &Setting::name);
  if (found != settings().end()) return *found;
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(setting.name);
  throw UsageError(unknown_name("setting", name, names));
}

}  // namespace premelt
