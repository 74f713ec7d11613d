#pragma once
/// Where a command writes.

#include <filesystem>
#include <string>

#include "engine/io/claimed_directory.hpp"

namespace premelt::cli {

/// The directory of --out, or `standard` where that is empty. When --out names one that holds something, says
/// on stderr, unless `quiet`, which other one is taken instead. Throws as ClaimedDirectory::fresh.
ClaimedDirectory claim_output(const std::string& out, const std::filesystem::path& standard, bool quiet);

}  // namespace premelt::cli
