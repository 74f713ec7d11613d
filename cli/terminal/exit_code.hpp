#pragma once
/// How the program can end: the one list of exit codes.

#include <array>
#include <string>

namespace premelt::cli {

enum class ExitCode : int {
  done = 0,
  usage = 2,
  data = 3,
  diverged = 4,
  fault = 70,
};

struct ExitMeaning {
  ExitCode code;
  const char* meaning;
};

/// No other code is ever returned; 1 is what a crashed interpreter or shell returns.
inline constexpr std::array<ExitMeaning, 5> exit_codes{{
    {ExitCode::done, "done; also a run stopped by Ctrl-C, SIGTERM or SIGHUP, whose directory is complete"},
    {ExitCode::usage, "a wrong option, setting or parameter, or more than the machine has memory for"},
    {ExitCode::data, "a file or directory that is missing, malformed, in use or cannot be written"},
    {ExitCode::diverged, "training left the finite numbers; what was recorded stands"},
    {ExitCode::fault, "a fault of premelt: please report it"},
}};

/// The list as `premelt --help` shows it.
inline std::string exit_code_table() {
  std::string table = "Exit codes:\n";
  for (const ExitMeaning& row : exit_codes) {
    const std::string code = std::to_string(static_cast<int>(row.code));
    table += "  " + code + std::string(4 - code.size(), ' ') + row.meaning + "\n";
  }
  return table;
}

}  // namespace premelt::cli
