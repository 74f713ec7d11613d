#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/runs/run_info.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"

namespace premelt::cli {

namespace {

void print_toml(const Setting& setting) {
  std::cout << "# " << setting.summary << "\nsetting = \"" << setting.name << "\"\n";
  for (const Hyperparameter& parameter : setting.parameters.table()) {
    std::cout << std::left << std::setw(40) << parameter.name + " = " + to_toml(parameter.value) << " # "
              << parameter.meaning;
    if (!parameter.choices.empty()) {
      std::cout << " [";
      for (const std::string& choice : parameter.choices) {
        std::cout << (&choice == &parameter.choices.front() ? "" : "|") << choice;
      }
      std::cout << "]";
    }
    std::cout << "\n";
  }
}

nlohmann::json describe(const Setting& setting) {
  nlohmann::json list = nlohmann::json::array();
  for (const Hyperparameter& parameter : setting.parameters.table()) {
    nlohmann::json entry{
        {"name", parameter.name}, {"default", to_json(parameter.value)}, {"meaning", parameter.meaning}};
    if (!parameter.choices.empty()) entry["choices"] = parameter.choices;
    if (parameter.minimum) entry["minimum"] = *parameter.minimum;
    if (parameter.maximum) entry["maximum"] = *parameter.maximum;
    list.push_back(entry);
  }
  return {{"name", setting.name}, {"summary", setting.summary}, {"parameters", list}};
}

}  // namespace

void list_settings(const SettingsArguments& arguments) {
  if (!arguments.name.empty()) {
    const Setting& setting = find_setting(arguments.name);
    if (arguments.json) {
      std::cout << describe(setting).dump(2) << "\n";
    } else {
      print_toml(setting);
    }
    return;
  }
  nlohmann::json list = nlohmann::json::array();
  for (const Setting& setting : settings()) {
    if (arguments.json) {
      list.push_back({{"name", setting.name}, {"summary", setting.summary}});
    } else {
      std::cout << std::left << std::setw(16) << setting.name << setting.summary << "\n";
    }
  }
  if (arguments.json) std::cout << list.dump(2) << "\n";
}

}  // namespace premelt::cli
