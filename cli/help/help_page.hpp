#pragma once
/// Help as a terminal shows it.

#include <string>
#include <vector>

#include "cli/help/command_info.hpp"

namespace premelt::cli {

/// Everything about the program (`commands.front()`): examples first.
std::string program_help(const std::vector<CommandInfo>& commands);

/// Everything about a command: examples first.
std::string command_help(const CommandInfo& command);

/// What the program prints when it is called without arguments.
std::string short_help(const std::vector<CommandInfo>& commands);

/// "premelt run [SETTING] [--seed N] ... [--set KEY=VALUE]...": the words after "Usage: ", unbroken.
std::vector<std::string> usage_words(const CommandInfo& command);

}  // namespace premelt::cli
