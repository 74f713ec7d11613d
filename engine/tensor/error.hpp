#pragma once
/// Errors of the whole project. The program turns each kind into its exit code (docs: `premelt` contract).

#include <stdexcept>
#include <string>

namespace premelt {

/// `text` with every control character but newline and tab spelt out as `\xNN`: names from files may hold a
/// NUL, at which a message would end, or orders to the terminal.
std::string printable(const std::string& text);

/// Base of all errors raised on purpose.
class Error : public std::runtime_error {
 public:
  /// The message is `text`, made printable.
  explicit Error(const std::string& text) : std::runtime_error(printable(text)) {}
};

/// Operands do not fit: the text names the op, the shapes and the rule.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A wrong option, setting or parameter (exit code 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

/// A file that is missing, malformed or unwritable (exit code 3).
class DataError : public Error {
 public:
  using Error::Error;
};

/// Training left the finite numbers (exit code 4).
class DivergedError : public Error {
 public:
  using Error::Error;
};

}  // namespace premelt
