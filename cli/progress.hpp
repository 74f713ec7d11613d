#pragma once
/// Progress on stderr: a live line on a terminal, a plain line every few seconds elsewhere.

#include <chrono>
#include <cstdint>
#include <string>

namespace premelt::cli {

/// "1.2e-03"; "-" when undefined.
std::string short_number(double value);

class Progress {
 public:
  /// A run from step `first` to step `last`. `quiet` prints nothing at all.
  Progress(std::int64_t first, std::int64_t last, bool quiet);
  /// Removes the live line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows step, ETA and `note` ("SHC 1.2e-03  PR 1.31"), as often as a reader can follow.
  void update(std::int64_t step, const std::string& note);
  /// The same where steps do not all take alike: `done` is the share of the work behind us, 0 to 1.
  void update(std::int64_t step, const std::string& note, double done);
  /// Prints a line that stays. `emphasis` is shown in colour unless NO_COLOR is set.
  void say(const std::string& emphasis, const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;

  std::string eta(double done) const;
  void clear_line() const;

  std::int64_t first_, total_;
  bool quiet_, terminal_, colour_;
  Clock::time_point start_, last_;
};

}  // namespace premelt::cli
