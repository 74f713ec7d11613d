#pragma once
/// The run directory that a watch leaves: `watch --report`.

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/claimed_directory.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

/// Grows with the stream, readable at any moment, and is never in its way: what the disk does not take is
/// said on stderr, once, and then nothing more is recorded.
class WatchRecord {
 public:
  /// In a new directory, `wanted` if that is free.
  WatchRecord(const std::string& wanted, const nlohmann::json& run_info, const RunWriter::Layout& layout);

  void take(const Recording& recording, const std::optional<Observation>& observation);
  /// Draws the report and returns its path; nothing when there is none.
  std::string finish();

 private:
  using Clock = std::chrono::steady_clock;
  template <class Action>
  void guarded(const Action& action);

  std::optional<ClaimedDirectory> directory_;
  std::optional<RunWriter> writer_;  ///< until something goes wrong
  Clock::time_point flushed_ = Clock::now();
};

}  // namespace premelt::cli
