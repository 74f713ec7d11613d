#pragma once
/// Where a result came from: versions, BLAS kernel, threads.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace premelt::cli {

/// What `premelt --version` prints.
std::string version_text();

/// The same facts for run.json.
nlohmann::json build_provenance();

}  // namespace premelt::cli
