#pragma once
/// A program of somebody else's that answers each line with a line.

#include <sys/types.h>

#include <chrono>
#include <string>

namespace premelt::cli {

/// Starts `/bin/sh -c command` in a process group of its own, with these descriptors as standard input and
/// output. A program that writes to nobody ends, as it would in a shell. Returns 0 or an error number.
int start_shell(const std::string& command, int input, int output, pid_t& process);

/// A command at work: started by /bin/sh, its standard input and output in our hands, its standard error
/// ours. It ends with this object, and whatever it has started ends with it.
class LineProgram {
 public:
  /// `patience`: how long a line may take to be read and answered. Throws DataError when no process can be
  /// started.
  LineProgram(const std::string& command, std::chrono::milliseconds patience);
  ~LineProgram();
  LineProgram(const LineProgram&) = delete;
  LineProgram& operator=(const LineProgram&) = delete;

  /// Hands over a line (without its end) and returns the answer (without its end). Throws DataError saying
  /// what the program did instead: it ended (with its exit code or signal), gave no answer in time, answered
  /// a line that it had not read yet, or with one that does not end.
  std::string ask(const std::string& line);

 private:
  using Moment = std::chrono::steady_clock::time_point;
  void send(const std::string& text, Moment deadline);
  std::string receive(Moment deadline);
  bool speaks() const;  ///< there is something to read
  void wait_for(short what, Moment deadline) const;
  [[noreturn]] void ended() const;

  std::chrono::milliseconds patience_;
  pid_t process_ = 0;  ///< and its process group
  int socket_ = -1;
};

}  // namespace premelt::cli
