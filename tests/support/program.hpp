#pragma once
/// Runs the premelt program as its users do.

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace premelt::test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Outcome {
  int code;  ///< exit code
  std::string out, err;
};

/// The program at work, for tests that interrupt it.
class Process {
 public:
  explicit Process(pid_t id) : id_(id) {}
  /// Kills what is still running.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  /// Its exit code, or minus the signal that ended it.
  int wait();

 private:
  pid_t id_;
  bool running_ = true;
};

/// The executable to test: `built`, unless the environment variable PREMELT_PROGRAM names another.
std::string program_under_test(const std::string& built);

/// How many there are in a directory; 0 when it is missing.
std::size_t files_in(const std::filesystem::path& directory);

/// A working directory in which commands of the shell are run.
class Workplace {
 public:
  explicit Workplace(const std::string& program) : program_(program_under_test(program)) {}
  /// Runs `premelt ARGUMENTS` (through the shell) in the directory; `variables` are set for it: "A=1 B='x
  /// y'".
  Outcome premelt(const std::string& arguments, const std::string& variables = "") const;
  /// The same without waiting for its end; what it prints is lost unless the arguments redirect it.
  std::unique_ptr<Process> start(const std::string& arguments) const;

  std::filesystem::path operator/(const std::string& name) const { return directory_ / name; }
  /// Creates a file and returns its name.
  std::string file(const std::string& name, const std::string& text) const;
  /// All bytes of a file; throws when it cannot be read.
  std::string read(const std::filesystem::path& name) const;

 private:
  std::string program_;
  TemporaryDirectory directory_;
};

}  // namespace premelt::test
