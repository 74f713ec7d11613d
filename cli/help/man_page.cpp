#include "cli/help/man_page.hpp"

#include <sstream>

#include "cli/help/command_text.hpp"
#include "cli/help/help_page.hpp"

namespace premelt::cli {

namespace {

/// Text as it stands: troff would read backslashes, hyphens and dots at the start of a line as its own.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '.' && (result.empty() || result.back() == '\n')) result += "\\&";
    if (c == '\'' && (result.empty() || result.back() == '\n')) result += "\\&";
    result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
  }
  return result;
}

/// Lines that are not filled.
std::string verbatim(const std::string& lines) {
  return lines.empty() ? "" : ".PP\n.nf\n" + escaped(lines) + ".fi\n";
}

std::string options(const std::vector<OptionInfo>& list) {
  std::string text;
  for (const OptionInfo& option : list) {
    const bool named = option.name.starts_with("-");
    text += ".TP\n" + (option.letter.empty() ? "" : "\\fB" + escaped(option.letter) + "\\fR, ") + "\\fB" +
            escaped(option.name) + "\\fR" +
            (named && !option.value.empty() ? " \\fI" + escaped(option.value) + "\\fR" : "") + "\n" +
            escaped(option.text) +
            (option.standard.empty() ? "" : " (default: " + escaped(option.standard) + ")") + "\n";
  }
  return text;
}

std::string usage(const CommandInfo& command) {
  std::string text = ".PP\n";
  for (const std::string& word : usage_words(command)) text += escaped(word) + "\n";
  return text;
}

}  // namespace

std::string man_page(const std::vector<CommandInfo>& commands, const std::string& version) {
  const CommandText& program = command_text("");
  std::ostringstream page;
  page << ".TH PREMELT 1 \"\" \"premelt " << version << "\"\n.SH NAME\npremelt \\- "
       << escaped(program.summary) << "\n.SH SYNOPSIS\n"
       << usage(commands.front()) << ".SH EXAMPLES\n"
       << verbatim(program.examples) << ".SH OPTIONS\n"
       << options(commands.front().options) << ".SH COMMANDS\n";
  for (std::size_t i = 1; i < commands.size(); ++i) {
    const CommandText& text = command_text(commands[i].name);
    page << ".SS " << commands[i].name << "\n"
         << escaped(text.summary) << "\n"
         << verbatim(text.details) << usage(commands[i]) << options(commands[i].arguments)
         << options(commands[i].options) << ".PP\nExamples:\n"
         << verbatim(text.examples) << verbatim(commands[i].notes);
  }
  page << ".SH EXIT STATUS AND ENVIRONMENT\n" << verbatim(commands.front().notes);
  return page.str();
}

}  // namespace premelt::cli
