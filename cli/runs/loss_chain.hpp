#pragma once
/// How `analyze` and `watch` read losses of any origin: the one chain, from the options both share.

#include <string>
#include <vector>

#include "cli/terminal/arguments.hpp"
#include "rdm/io/loss_columns.hpp"
#include "rdm/window/blocks.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt::cli {

/// --no-steps.
inline StepColumn step_column(const ChainArguments& arguments) {
  return arguments.no_steps ? StepColumn::none : StepColumn::find;
}

/// The monitor of n probes, of which each has its block's name in `blocks`. The alarm reads the statistic
/// that the options describe; from when on is the caller's to say. Throws UsageError naming an unknown block,
/// or what a window of that length would need when the machine cannot hold it.
MonitorOptions chain_options(const ChainArguments& arguments, const std::vector<std::string>& blocks);

/// The block of each of these probes, which `source` names, from --blocks; "all" without it. Throws DataError
/// as `read_blocks`, and when a name is not UTF-8.
std::vector<std::string> chain_blocks(const ChainArguments& arguments, const std::string& source,
                                      const std::vector<std::string>& probes);

}  // namespace premelt::cli
