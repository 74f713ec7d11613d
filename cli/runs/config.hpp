#pragma once
/// `--config`: a TOML file (as `premelt settings NAME` prints it) or the run.json of an earlier run.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/experiment/hyperparameters.hpp"

namespace premelt::cli {

struct Config {
  std::string setting;  ///< empty when the file does not name one
  std::vector<std::pair<std::string, HyperparameterValue>> values;
};

/// Throws DataError naming the file, and line and column of a syntax error or the key of a wrong value.
Config read_config(const std::filesystem::path& path);

/// Throws DataError: the value of `key` is none that a parameter can have.
[[noreturn]] void throw_wrong_value(const std::filesystem::path& path, std::string_view key);

}  // namespace premelt::cli
