#pragma once
/// Parts of a probe set, to ask what a smaller or a wrong one would have seen. (ours)

#include <string>
#include <vector>

#include "rdm/window/monitor.hpp"

namespace premelt {

/// Channels of the untransformed losses: `only_<block>` and `without_<block>` for each of at least two
/// blocks, and `half`, `quarter`, `eighth`: every 2nd, 4th and 8th probe of each block, where at least 2 are
/// left.
std::vector<Channel> probe_sets(const std::vector<std::string>& blocks);

}  // namespace premelt
