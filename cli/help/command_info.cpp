#include "cli/help/command_info.hpp"

namespace premelt::cli {

namespace {

OptionInfo describe_option(const CLI::Option& option) {
  const bool positional = option.get_positional();
  const bool flag = option.get_type_size() == 0;
  return {.name = positional ? option.get_name(true) : "--" + option.get_lnames().front(),
          .letter = option.get_snames().empty() ? "" : "-" + option.get_snames().front(),
          .value = flag ? "" : option.get_type_name(),
          .text = option.get_description(),
          .standard = option.get_default_str(),
          .required = option.get_required(),
          .repeated = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll && !flag};
}

CommandInfo describe_command(const CLI::App& app) {
  CommandInfo command{.name = app.get_name(),
                      .alias = app.get_aliases().empty() ? "" : app.get_aliases().front(),
                      .arguments = {},
                      .options = {},
                      .notes = app.get_footer()};
  for (const CLI::Option* option : app.get_options())
    (option->get_positional() ? command.arguments : command.options).push_back(describe_option(*option));
  return command;
}

}  // namespace

std::vector<CommandInfo> describe(const CLI::App& app) {
  std::vector<CommandInfo> commands{describe_command(app)};
  commands.front().name.clear();
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(describe_command(*sub));
  return commands;
}

const CommandInfo* find_command(const std::vector<CommandInfo>& commands, const std::string& name) {
  for (const CommandInfo& command : commands) {
    if (!name.empty() && (command.name == name || command.alias == name)) return &command;
  }
  return nullptr;
}

std::vector<std::string> command_names(const std::vector<CommandInfo>& commands) {
  std::vector<std::string> names;
  for (const CommandInfo& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

}  // namespace premelt::cli
