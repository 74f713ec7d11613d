#pragma once
/// Options as they are declared to CLI11, which hands on their texts; premelt reads these itself.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace premelt::cli {

/// What is done with the text of an option.
using Take = std::function<void(const std::string& text)>;

/// An option or argument with a value: `take` reads its text or throws UsageError, as an empty text and that
/// of another option do.
CLI::Option* add_value(CLI::App* sub, const std::string& name, const char* type, const std::string& help,
                       const Take& take);

/// One that may be given several times.
CLI::Option* add_values(CLI::App* sub, const std::string& name, const char* type, const std::string& help,
                        const Take& take);

/// Takes the text as it stands.
Take into(std::string& text);

/// Takes one of the names there are. Throws UsageError naming the nearest.
std::string choice(const std::string& option, const std::string& text, const std::vector<std::string>& known);

/// Appends a name that is not there yet.
void add_once(std::vector<std::string>& names, const std::string& name);

}  // namespace premelt::cli
