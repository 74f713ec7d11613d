#include "cli/help/completion.hpp"

#include <algorithm>
#include <map>

#include "cli/help/command_text.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "models/settings/registry.hpp"
#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

namespace {

using Words = std::vector<std::string>;

constexpr const char* bash_script = R"(# bash completion of premelt, from `premelt completion bash`
_premelt() {
  local line word words
  read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:COMP_POINT-1:1} == ' ' ]] && words+=('')
  COMPREPLY=()
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    case $word in
      :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
      :directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
      *=) compopt -o nospace; COMPREPLY+=("$word") ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("$1" complete "${words[@]:1}" 2>/dev/null)
}
complete -F _premelt premelt
)";

constexpr const char* zsh_script = R"(#compdef premelt
# zsh completion of premelt, from `premelt completion zsh`
_premelt() {
  local line word
  local -a found suffix
  for line in "${(@f)$(${words[1]} complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    word=${line%%$'\t'*}
    case $word in
      ('') ;;
      (:files) _files ;;
      (:directories) _files -/ ;;
      (*) [[ $word == *= ]] && suffix=(-S '')
          found+=("${word//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( $#found )) && _describe premelt found $suffix
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _premelt "$@"; else compdef _premelt premelt; fi
)";

constexpr const char* fish_script = R"(# fish completion of premelt, from `premelt completion fish`
function __premelt_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $current
            case ':directories'
                __fish_complete_directories $current
            case '*'
                echo $line
        end
    end
end
complete -c premelt -f -a '(__premelt_complete)'
)";

const std::map<std::string, const char*> scripts{
    {"bash", bash_script}, {"fish", fish_script}, {"zsh", zsh_script}};

/// A line for a word that begins as what is there already.
void offer(std::string& lines, const std::string& begun, const std::string& word,
           const std::string& meaning) {
  if (word.starts_with(begun)) lines += word + "\t" + meaning + "\n";
}

Words split(const std::string& text, char separator) {
  Words parts{""};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The command line up to the cursor, taken apart.
struct Line {
  const std::vector<CommandInfo>& commands;
  Words before;         ///< the words that are complete
  std::string current;  ///< the one behind the cursor

  /// The command, or the program when none is named yet.
  const CommandInfo& command() const {
    const CommandInfo* named = before.empty() ? nullptr : find_command(commands, before.front());
    return named == nullptr ? commands.front() : *named;
  }

  static const OptionInfo* find(const CommandInfo& command, const std::string& word) {
    const auto found = std::ranges::find_if(command.options, [&](const OptionInfo& option) {
      return option.name == word || (!option.letter.empty() && option.letter == word);
    });
    return found == command.options.end() ? nullptr : &*found;
  }

  /// The option whose value is to come; nothing where another word is.
  const OptionInfo* open_option() const {
    const OptionInfo* last = before.empty() ? nullptr : find(command(), before.back());
    return last != nullptr && !last->value.empty() ? last : nullptr;
  }

  /// The words that are neither options nor their values nor the command.
  Words arguments() const {
    Words found;
    for (std::size_t i = 1; i < before.size(); ++i) {
      const OptionInfo* option = find(command(), before[i]);
      if (option != nullptr && !option->value.empty()) {
        ++i;
      } else if (!before[i].starts_with("-")) {
        found.push_back(before[i]);
      }
    }
    return found;
  }
};

std::string offer_parameters(const Line& line) {
  std::string lines;
  const Words arguments = line.arguments();
  for (const Setting& setting : settings()) {
    if (arguments.empty() || setting.name != arguments.front()) continue;
    for (const Hyperparameter& parameter : setting.parameters.table())
      offer(lines, line.current, parameter.name + "=", parameter.meaning);
  }
  return lines;
}

/// What fits a placeholder: one of "a|b|C" of which the capitals stand for something themselves.
std::string offer_values(const Line& line, const std::string& placeholder) {
  std::string lines;
  for (const std::string& kind : split(placeholder, '|')) {
    if (kind == "FILE") {
      lines += ":files\n";
    } else if (kind == "DIR" || kind == "RUN_DIR") {
      lines += ":directories\n";
    } else if (kind == "SETTING") {
      for (const Setting& setting : settings()) offer(lines, line.current, setting.name, setting.summary);
    } else if (kind == "COMMAND") {
      for (std::size_t i = 1; i < line.commands.size(); ++i)
        offer(lines, line.current, line.commands[i].name, command_text(line.commands[i].name).summary);
    } else if (kind == "KEY=VALUE") {
      lines += offer_parameters(line);
    } else if (kind == "SAMPLER,...") {
      for (const std::string& name : sampler_names()) offer(lines, line.current, name, "");
    } else if (std::ranges::none_of(kind, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      offer(lines, line.current, kind, "");
    }
  }
  return lines;
}

std::string offer_options(const Line& line) {
  std::string lines;
  for (const OptionInfo& option : line.command().options) {
    const bool given = std::ranges::find(line.before, option.name) != line.before.end();
    if (!given || option.repeated) offer(lines, line.current, option.name, option.text);
  }
  return lines;
}

}  // namespace

std::string completions(const std::vector<CommandInfo>& commands, const Words& words) {
  Line line{commands, words, ""};
  if (!words.empty()) {
    line.current = words.back();
    line.before.pop_back();
  }
  if (const OptionInfo* option = line.open_option()) return offer_values(line, option->value);
  if (line.current.starts_with("-")) return offer_options(line);
  if (line.before.empty()) return offer_values(line, "COMMAND");
  const std::vector<OptionInfo>& expected = line.command().arguments;
  const std::size_t given = line.arguments().size();
  return given < expected.size() ? offer_values(line, expected[given].value) : "";
}

std::string completion_script(const std::string& shell) {
  const auto script = scripts.find(shell);
  if (script != scripts.end()) return script->second;
  Words known;
  for (const auto& [name, text] : scripts) known.push_back(name);
  throw UsageError(unknown_name("shell", shell, known));
}

}  // namespace premelt::cli
