#pragma once
/// The manual page, in the language of `man`.

#include <string>
#include <vector>

#include "cli/help/command_info.hpp"

namespace premelt::cli {

/// premelt(1): every command with its usage, options and examples.
std::string man_page(const std::vector<CommandInfo>& commands, const std::string& version);

}  // namespace premelt::cli
