#pragma once
/// `--detector NAME=COMMAND`: a statistic that a program of somebody else's computes.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rdm/scoring/detectors.hpp"

namespace premelt::cli {

/// Asks a command about runs. For each run it is started anew and reads one JSON line a recording, from the
/// run's first on:
/// @code
///   {"step": 40, "losses": [0.71, 0.69], "gradient_norm": 0.2, "weight_norm": 3.1}
/// @endcode
/// (norms where they are recorded; `null` where they are undefined). It answers each line, before it sees the
/// next, with one line: a number, larger = more alarming, or `null` for no statement.
class OutsideDetector {
 public:
  /// Throws UsageError when the name is one of the table's, that of a view of one, the oracle's, or not made
  /// of letters, digits, `-` and `_`.
  OutsideDetector(std::string name, std::string command,
                  std::chrono::milliseconds patience = std::chrono::seconds(10));

  const std::string& name() const { return name_; }        ///< of its column
  const std::string& command() const { return command_; }  ///< for /bin/sh

  /// One number a recording (T), NaN for `null`. Nothing when the command dies, hangs, or says anything else:
  /// `failure` then tells, as does a line on stderr, and nobody asks it again. May be called from several
  /// threads at once.
  std::optional<std::vector<double>> operator()(const RunTrace& run);
  /// What went wrong first, with the recording at which it did; empty: nothing.
  std::string failure() const;

 private:
  std::vector<double> ask_about(const RunTrace& run) const;

  std::string name_, command_;
  std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::string failure_;  ///< guarded
};

}  // namespace premelt::cli
