#pragma once
/// The checkpoints of a run directory: `checkpoints/step-00000400.safetensors`, each naming the setting and
/// the parameters it belongs to.

#include <filesystem>
#include <map>
#include <string>

#include "engine/checkpoint.hpp"
#include "models/hyperparameters.hpp"

namespace premelt {

/// The checkpoints in a run directory, by step.
std::map<std::int64_t, std::filesystem::path> find_checkpoints(const std::filesystem::path& directory);

/// Throws DataError when it cannot be written.
void write_run_checkpoint(const std::filesystem::path& directory, const std::string& setting,
                          const Hyperparameters& parameters, Checkpoint checkpoint);

/// Throws DataError naming the file when it cannot be used: damaged (engine/checkpoint.hpp), of another
/// setting, or made with other parameters; how long the run was to be and how often it was saved may differ.
Checkpoint read_run_checkpoint(const std::filesystem::path& file, const std::string& setting,
                               const Hyperparameters& parameters);

}  // namespace premelt
