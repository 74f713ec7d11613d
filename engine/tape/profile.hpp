#pragma once
/// Where the time goes: a table of ops, off unless somebody holds a Profile.

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace premelt {

/// While one lives, recorded ops of this thread are counted and timed. An op's forward time runs from the end
/// of the op before it, so it includes the caller's own work in between.
class Profile {
 public:
  /// One op's calls and times.
  struct Row {
    std::size_t forward_calls = 0;   ///< times it was recorded
    std::size_t backward_calls = 0;  ///< times it was visited on the way back
    double forward_seconds = 0;      ///< in all
    double backward_seconds = 0;     ///< in all
    std::size_t bytes = 0;           ///< of the results
  };

  Profile();
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  const std::map<std::string, Row>& rows() const { return rows_; }  ///< by op

  /// The one in force in this thread, or null.
  static Profile* active();
  /// Called by the tape: an op has just been recorded, with a result of so many bytes.
  void forward(const char* op, std::size_t bytes);
  /// Called by the sweep before its first node, ...
  void start_backward() { last_ = std::chrono::steady_clock::now(); }
  /// ... and after each.
  void backward(const char* op);

 private:
  /// Seconds since the last call.
  double lap();

  Profile* before_;
  std::chrono::steady_clock::time_point last_;
  std::map<std::string, Row> rows_;
};

/// One line an op, the slowest first: calls, milliseconds forward and backward, megabytes of results.
std::string to_string(const Profile& profile);

}  // namespace premelt
