#include "cli/terminal/option_declaration.hpp"

#include <algorithm>

#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"

namespace premelt::cli {

CLI::Option* add_value(CLI::App* sub, const std::string& name, const char* type, const std::string& help,
                       const Take& take) {
  const std::string shown = name.substr(name.find("--") == std::string::npos ? 0 : name.find("--"));
  const auto read = [name = shown, take](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      if (text.empty()) throw UsageError(name + ": expected a value, got ''");
      if (text.starts_with("--"))
        throw UsageError(name + ": expected a value, got the option '" + text + "'");
      take(text);
    }
    return true;
  };
  return sub->add_option(name, CLI::callback_t(read), help)->type_name(type);
}

CLI::Option* add_values(CLI::App* sub, const std::string& name, const char* type, const std::string& help,
                        const Take& take) {
  return add_value(sub, name, type, help, take)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Take into(std::string& text) {
  return [&text](const std::string& given) { text = given; };
}

std::string choice(const std::string& option, const std::string& text,
                   const std::vector<std::string>& known) {
  if (std::ranges::find(known, text) != known.end()) return text;
  throw UsageError(option + ": " + unknown_name("value", text, known));
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace premelt::cli
