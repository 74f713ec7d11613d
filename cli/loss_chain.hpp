#pragma once
/// How `analyze` and `watch` read losses of any origin: the one chain, from the options both share.

#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "rdm/blocks.hpp"
#include "rdm/monitor.hpp"

namespace premelt::cli {

/// Throws UsageError when the window is shorter than 2 recordings.
void check_window(const ChainArguments& arguments);

/// The monitor of n probes, of which each has its block's name in `blocks`. The alarm reads the statistic
/// that the options describe; from when on is the caller's to say. Throws UsageError naming an unknown block.
MonitorOptions chain_options(const ChainArguments& arguments, const std::vector<std::string>& blocks);

/// The block of each of these probes, from --blocks; "all" without it. Throws DataError as `read_blocks`.
std::vector<std::string> chain_blocks(const ChainArguments& arguments,
                                      const std::vector<std::string>& probes);

}  // namespace premelt::cli
