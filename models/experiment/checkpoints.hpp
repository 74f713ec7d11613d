#pragma once
/// The checkpoints of a run directory: `checkpoints/step-00000400.safetensors`, each naming the setting and
/// the parameters it belongs to.

#include <filesystem>
#include <map>
#include <string>

#include "engine/io/growing_file.hpp"
#include "engine/train/checkpoint.hpp"
#include "models/experiment/hyperparameters.hpp"

namespace premelt {

/// The checkpoints in a run directory, by step.
std::map<std::int64_t, std::filesystem::path> find_checkpoints(const std::filesystem::path& directory);

/// The checksums of a run's recordings, by file name in its directory.
using Recordings = std::map<std::string, Digest>;

/// `recordings` are those that belong to the checkpoint; they have to be on the disk before. Throws DataError
/// when it cannot be written.
void write_run_checkpoint(const std::filesystem::path& directory, const std::string& setting,
                          const Hyperparameters& parameters, Checkpoint checkpoint,
                          const Recordings& recordings);

/// Throws DataError naming the file when a recording is not what it was when the checkpoint was written, or
/// when the checkpoint does not say what it was. What was recorded later does not count.
void verify_recordings(const std::filesystem::path& directory, const Checkpoint& checkpoint);

/// Throws DataError naming the file when it cannot be used: damaged (engine/train/checkpoint.hpp), of another
/// setting, or made with other parameters; how long the run was to be and how often it was saved may differ.
Checkpoint read_run_checkpoint(const std::filesystem::path& file, const std::string& setting,
                               const Hyperparameters& parameters);

}  // namespace premelt
