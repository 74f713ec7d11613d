#pragma once
/// The commands as they were declared to the parser: the one source of help pages, completion and manual
/// page.

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace premelt::cli {

/// An option, or an argument without a name of its own.
struct OptionInfo {
  std::string name;      ///< "--out"; of an argument, "SETTING"
  std::string letter;    ///< "-o", or empty
  std::string value;     ///< what stands for its value: "DIR", "none|linear|diff"; empty: it takes none
  std::string text;      ///< what it means
  std::string standard;  ///< the default, where that is a plain value
  bool required = false;
  bool repeated = false;
};

struct CommandInfo {
  std::string name;   ///< empty: the program
  std::string alias;  ///< another name, or empty
  std::vector<OptionInfo> arguments, options;
  std::string notes;  ///< lists that belong to the command
};

/// The program itself first, then its commands.
std::vector<CommandInfo> describe(const CLI::App& app);

/// The command of that name or alias; nullptr when there is none.
const CommandInfo* find_command(const std::vector<CommandInfo>& commands, const std::string& name);

/// Without aliases.
std::vector<std::string> command_names(const std::vector<CommandInfo>& commands);

}  // namespace premelt::cli
