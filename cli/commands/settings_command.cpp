#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/runs/run_info.hpp"
#include "cli/terminal/terminal.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"

namespace premelt::cli {

namespace {

/// " [sgd|adam]"; nothing where any value will do.
std::string choices_of(const Hyperparameter& parameter) {
  std::string text;
  for (const std::string& choice : parameter.choices) text += (text.empty() ? " [" : "|") + choice;
  return text.empty() ? text : text + "]";
}

void print_toml(const Setting& setting) {
  std::cout << "# " << setting.summary << "\nsetting = \"" << setting.name << "\"\n";
  for (const Hyperparameter& parameter : setting.parameters.table()) {
    std::cout << fmt::format("{:<40} # {}{}\n", parameter.name + " = " + to_toml(parameter.value),
                             parameter.meaning, choices_of(parameter));
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
      suggest("premelt run " + setting.name);
    }
    return;
  }
  nlohmann::json list = nlohmann::json::array();
  for (const Setting& setting : settings()) {
    if (arguments.json) {
      list.push_back({{"name", setting.name}, {"summary", setting.summary}});
    } else {
      std::cout << fmt::format("{:<16}{}\n", setting.name, setting.summary);
    }
  }
  if (arguments.json) {
    std::cout << list.dump(2) << "\n";
  } else {
    suggest("premelt settings " + settings().front().name);
  }
}

}  // namespace premelt::cli
