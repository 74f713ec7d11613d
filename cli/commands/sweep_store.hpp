#pragma once
/// A sweep's directory: what was asked for, and one small file for each finished run.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/io/claimed_directory.hpp"
#include "models/sweep/sweep.hpp"

namespace premelt::cli {

/// What became of one task.
struct SweepOutcome {
  SweepRun run;          ///< empty when training diverged
  std::string diverged;  ///< why, or empty
};

class SweepStore {
 public:
  /// Opens the directory of a sweep, making it when needed: `sweep.json` says which setting, parameters, data
  /// and windows its runs have, and which build trained them. Throws UsageError when it holds others,
  /// DataError when another process is at work there, or it cannot be read or written.
  SweepStore(const std::filesystem::path& directory, const Sweep& sweep);

  const std::filesystem::path& directory() const { return claimed_.path(); }
  /// The stored outcome of a finished task; nothing when it was trained to another end. Throws DataError when
  /// its file is damaged, or was made by another sweep, build or data, naming the difference.
  std::optional<SweepOutcome> find(const SweepTask& task) const;
  /// Written atomically: a sweep that is killed keeps what it has finished.
  void keep(const SweepTask& task, const SweepOutcome& outcome) const;

 private:
  std::filesystem::path file(const SweepTask& task) const;

  ClaimedDirectory claimed_;
  nlohmann::json making_;  ///< what every run of this sweep was made with
};

}  // namespace premelt::cli
