#pragma once
/// Where a result came from: versions, BLAS kernel, threads.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace premelt::cli {

/// What `premelt --version` prints.
std::string version_text();

/// What this executable file can be recognised by: the hash of its bytes. Sources, compiler and flags decide
/// it.
std::string build_id();

/// The same facts for run.json, and the build's identity.
nlohmann::json build_provenance();

}  // namespace premelt::cli
