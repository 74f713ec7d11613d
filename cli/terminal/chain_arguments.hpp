#pragma once
/// The options that `analyze` and `watch` share: how losses of any origin are read.

#include <CLI/CLI.hpp>

#include "cli/terminal/arguments.hpp"

namespace premelt::cli {

/// Declares them for a command. `chain` has to outlive the parsing.
void add_chain(CLI::App* sub, ChainArguments& chain);

}  // namespace premelt::cli
