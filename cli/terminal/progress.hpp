#pragma once
/// Progress on stderr: live lines on a terminal, a plain line every few seconds elsewhere.

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/terminal/sparklines.hpp"
#include "cli/terminal/terminal.hpp"

namespace premelt::cli {

class Progress {
 public:
  /// From step (or what `unit` names) `first` to `last`. `quiet` prints nothing at all. On a terminal
  /// `course`, when given, is drawn below the bar; it has to outlive the progress.
  Progress(std::int64_t first, std::int64_t last, bool quiet, std::string unit = "step",
           const Sparklines* course = nullptr);
  /// Removes the bar; the course stays to be looked at.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows step, ETA, `speed` ("  41000 tokens/s") and `note` ("SHC 1.2e-03  PR 1.31"), as often as a reader
  /// can follow. The course speaks for itself: where it is drawn the note is not.
  void update(std::int64_t step, const std::string& note, const std::string& speed = "");
  /// The same where steps do not all take alike: `done` is the share of the work behind us, 0 to 1.
  void update(std::int64_t step, const std::string& note, double done);
  /// Prints a line that stays. `emphasis` is shown in colour unless NO_COLOR is set.
  void say(const std::string& emphasis, const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;

  std::string eta(double done) const;
  std::string bar(const std::string& count, std::int64_t step, const std::string& note) const;
  void show(std::int64_t step, double done, const std::string& note, const std::string& speed);
  void draw(const std::string& first_line);
  void clear();

  std::int64_t first_, total_;
  bool quiet_;
  std::string unit_;
  Terminal terminal_;
  const Sparklines* course_;
  std::size_t drawn_ = 0;  ///< live lines on the screen now
  Clock::time_point start_, last_;
};

}  // namespace premelt::cli
