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

/// Who else may be at work in the directory of a sweep.
enum class Access {
  alone,   ///< nobody, nor may anybody start
  shared,  ///< others that train their share of its runs: files are written whole or not at all
  /// Nobody: what is there is scored. Another build of this program than the one that trained it may do so.
  scoring,
};

class SweepStore {
 public:
  /// Opens the directory of a sweep, making it when needed: `making.json` says which setting, parameters,
  /// data and windows its runs have, and which build trained them. Throws UsageError when it holds others
  /// (for scoring: but for the build), DataError when another process claims it, or it cannot be read or
  /// written.
  SweepStore(const std::filesystem::path& directory, const Sweep& sweep, Access access);

  const std::filesystem::path& directory() const { return directory_; }  ///< of the sweep
  const nlohmann::json& making() const { return making_; }               ///< what every run was made with
  /// The stored outcome of a finished task; nothing when there is none. Throws DataError when its file is
  /// damaged, or was made by another sweep, build or data, naming the difference.
  std::optional<SweepOutcome> find(const SweepTask& task) const;
  /// Written atomically: a sweep that is killed keeps what it has finished.
  void keep(const SweepTask& task, const SweepOutcome& outcome) const;

 private:
  std::filesystem::path file(const SweepTask& task) const;

  std::optional<ClaimedDirectory> claimed_;  ///< nothing when the directory is shared
  std::filesystem::path directory_;
  nlohmann::json making_;
};

}  // namespace premelt::cli
