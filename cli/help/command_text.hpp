#pragma once
/// What help pages say of each command beside its options.

#include <string_view>

namespace premelt::cli {

struct CommandText {
  const char* name;      ///< empty: the program
  const char* summary;   ///< one line
  const char* details;   ///< lines; may be empty
  const char* examples;  ///< lines, indented
};

/// Of a command that exists.
const CommandText& command_text(std::string_view name);

}  // namespace premelt::cli
