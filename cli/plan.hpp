#pragma once
/// What is to be trained: a setting with its parameters decided.

#include <string>
#include <utility>
#include <vector>

#include "models/setting.hpp"

namespace premelt::cli {

struct Plan {
  const Setting* setting;
  Hyperparameters parameters;
};

/// Defaults, then the config file (when there is one), then `overrides` (key, text). The setting may be named
/// by either. Throws UsageError on names or values that do not exist or contradict each other, and when the
/// window does not fit into the run; DataError when the config cannot be read.
Plan make_plan(const std::string& setting, const std::string& config,
               const std::vector<std::pair<std::string, std::string>>& overrides);

}  // namespace premelt::cli
