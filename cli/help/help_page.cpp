#include "cli/help/help_page.hpp"

#include <algorithm>

#include "cli/help/command_text.hpp"

namespace premelt::cli {

namespace {

constexpr std::size_t width = 80;

/// `words` behind `head`, on lines of at most `width` characters that begin below the first word.
std::string wrapped(const std::string& head, const std::vector<std::string>& words) {
  std::string text = head, line = head;
  for (const std::string& word : words) {
    if (line.size() > head.size() && line.size() + 1 + word.size() > width) {
      line = std::string(head.size(), ' ');
      text += "\n" + line;
    }
    const std::string piece = (line.size() > head.size() ? " " : "") + word;
    line += piece;
    text += piece;
  }
  return text + "\n";
}

std::string with_default(const OptionInfo& option) {
  return option.standard.empty() ? option.text : option.text + " (default: " + option.standard + ")";
}

/// A name and its meaning; the meaning on a line of its own where the name is long.
std::string row(const std::string& name, const std::string& meaning) {
  constexpr std::size_t column = 28;
  if (name.size() + 2 > column) return name + "\n" + std::string(column, ' ') + meaning + "\n";
  return name + std::string(column - name.size(), ' ') + meaning + "\n";
}

std::string option_rows(const std::vector<OptionInfo>& options) {
  std::string text;
  for (const OptionInfo& option : options) {
    const std::string letter = option.letter.empty() ? "    " : option.letter + ", ";
    text += row("  " + letter + option.name + (option.value.empty() ? "" : " " + option.value),
                with_default(option));
  }
  return text;
}

std::string argument_rows(const std::vector<OptionInfo>& arguments) {
  std::string text;
  for (const OptionInfo& argument : arguments) text += row("  " + argument.name, with_default(argument));
  return text;
}

std::string command_rows(const std::vector<CommandInfo>& commands) {
  std::string text;
  for (std::size_t i = 1; i < commands.size(); ++i)
    text += "  " + commands[i].name + std::string(12 - commands[i].name.size(), ' ') +
            command_text(commands[i].name).summary + "\n";
  return text;
}

/// Examples first, as a reader wants them.
std::string head(const CommandText& text) {
  return std::string(text.summary) + "\n" + text.details + "\nExamples:\n" + text.examples + "\n";
}

}  // namespace

std::vector<std::string> usage_words(const CommandInfo& command) {
  std::vector<std::string> words{"premelt"};
  if (command.name.empty()) return {"premelt", "COMMAND", "[ARGUMENT]..."};
  words.push_back(command.name);
  const auto optional = [](const OptionInfo& option, const std::string& text) {
    return (option.required ? text : "[" + text + "]") + (option.repeated ? "..." : "");
  };
  for (const OptionInfo& argument : command.arguments) words.push_back(optional(argument, argument.name));
  for (const OptionInfo& option : command.options) {
    if (option.name == "--help") continue;
    const std::string name = option.letter.empty() ? option.name : option.letter;
    words.push_back(optional(option, option.value.empty() ? name : name + " " + option.value));
  }
  return words;
}

std::string command_help(const CommandInfo& command) {
  std::string text = head(command_text(command.name)) + wrapped("Usage: ", usage_words(command));
  if (!command.alias.empty()) text += "       premelt " + command.alias + " is the same\n";
  if (!command.arguments.empty()) text += "\nArguments:\n" + argument_rows(command.arguments);
  text += "\nOptions:\n" + option_rows(command.options);
  if (!command.notes.empty()) text += "\n" + command.notes;
  return text;
}

std::string program_help(const std::vector<CommandInfo>& commands) {
  const CommandInfo& program = commands.front();
  return head(command_text("")) + wrapped("Usage: ", usage_words(program)) + "\nCommands:\n" +
         command_rows(commands) + "\nOptions:\n" + option_rows(program.options) + "\n" + program.notes +
         "\n`premelt help COMMAND` explains a command and all its options.\n";
}

std::string short_help(const std::vector<CommandInfo>& commands) {
  return std::string(command_text("").summary) +
         "\n\n"
         "  premelt run deep-linear          train a network; the report opens in any browser\n"
         "  premelt analyze losses.csv       look into the losses of your own training\n\n"
         "Commands:\n" +
         command_rows(commands) +
         "\n`premelt help COMMAND` explains a command, `premelt --help` shows more examples.\n";
}

}  // namespace premelt::cli
