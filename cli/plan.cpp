#include "cli/plan.hpp"

#include "cli/config.hpp"
#include "engine/error.hpp"

namespace premelt::cli {

Plan make_plan(const std::string& setting, const std::string& config_file,
               const std::vector<std::pair<std::string, std::string>>& overrides) {
  Config config;
  if (!config_file.empty()) config = read_config(config_file);
  const std::string name = setting.empty() ? config.setting : setting;
  if (name.empty())
    throw UsageError("name a setting, for example `premelt run deep-linear`; `premelt settings` lists them");
  if (!config.setting.empty() && config.setting != name) {
    throw UsageError(config_file + " is for the setting '" + config.setting + "', not for '" + name + "'");
  }
  Plan plan{&find_setting(name), find_setting(name).parameters};
  for (const auto& [key, value] : config.values) plan.parameters.set(key, value);
  for (const auto& [key, text] : overrides) plan.parameters.parse(key, text);
  const std::int64_t recordings = plan.parameters.integer("steps") / plan.parameters.integer("every") + 1;
  if (plan.parameters.integer("window") > recordings) {
    throw UsageError("a window of " + std::to_string(plan.parameters.integer("window")) +
                     " recordings does not fit into " + std::to_string(recordings) +
                     " recordings (steps / every + 1); make the run longer or the window shorter");
  }
  return plan;
}

}  // namespace premelt::cli
