#pragma once
/// A command of the user's that is told of alarms: `watch --on-alarm`.

#include <sys/types.h>

#include <string>
#include <vector>

namespace premelt::cli {

/// Starts it for each alarm and never waits for it, but for a moment at the very end. Failures are said on
/// stderr.
class AlarmCommand {
 public:
  /// `command`: for /bin/sh.
  explicit AlarmCommand(std::string command) : command_(std::move(command)) {}
  /// Gives those at work two seconds more to end, and leaves the others to themselves.
  ~AlarmCommand();
  AlarmCommand(const AlarmCommand&) = delete;
  AlarmCommand& operator=(const AlarmCommand&) = delete;

  /// Starts the command with `event`, a line, on its standard input; what it prints goes to our stderr.
  void tell(const std::string& event);

 private:
  void forget_ended();

  std::string command_;
  std::vector<pid_t> at_work_;
};

}  // namespace premelt::cli
