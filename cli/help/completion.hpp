#pragma once
/// What a shell offers for the word behind the cursor.

#include <string>
#include <vector>

#include "cli/help/command_info.hpp"

namespace premelt::cli {

/// What can stand in place of the last of `words` (those after `premelt`; the last may be empty): one a line,
/// with its meaning behind a tab. The line ":files" or ":directories" asks the shell for these.
std::string completions(const std::vector<CommandInfo>& commands, const std::vector<std::string>& words);

/// The script that teaches a shell to ask `premelt complete WORD...`. Throws UsageError unless `shell` is
/// bash, zsh or fish.
std::string completion_script(const std::string& shell);

}  // namespace premelt::cli
