#pragma once
/// Errors of the whole project. The program turns each kind into its exit code (docs: `premelt` contract).

#include <stdexcept>
#include <string>

namespace premelt {

/// Base of all errors raised on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
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
