#pragma once
/// The list of settings: adding one takes its file and its name in registry.cpp.

#include "models/experiment/setting.hpp"

namespace premelt {

/// All settings, in the order in which a reader should meet them.
const std::vector<Setting>& settings();

/// Throws UsageError naming the nearest known setting.
const Setting& find_setting(const std::string& name);

}  // namespace premelt
