#pragma once
/// A sweep's directory: what was asked for, and one small file for each finished run.

#include <filesystem>
#include <optional>
#include <string>

#include "models/sweep.hpp"

namespace premelt::cli {

/// What became of one task.
struct SweepOutcome {
  SweepRun run;          ///< empty when training diverged
  std::string diverged;  ///< why, or empty
};

class SweepStore {
 public:
  /// Opens the directory of a sweep, making it when needed: `sweep.json` says which setting, parameters and
  /// windows its runs have. Throws UsageError when it holds others, DataError when it cannot be read or
  /// written.
  SweepStore(std::filesystem::path directory, const Sweep& sweep);

  const std::filesystem::path& directory() const { return directory_; }
  /// The stored outcome of a finished task; nothing when it was trained to another end. Throws DataError when
  /// its file is not one of ours.
  std::optional<SweepOutcome> find(const SweepTask& task) const;
  /// Written atomically: a sweep that is killed keeps what it has finished.
  void keep(const SweepTask& task, const SweepOutcome& outcome) const;

 private:
  std::filesystem::path file(const SweepTask& task) const;

  std::filesystem::path directory_;
};

}  // namespace premelt::cli
