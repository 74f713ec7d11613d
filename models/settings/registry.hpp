#pragma once
/// The list of settings: adding one takes its file and its name in registry.cpp.

#include "models/experiment/setting.hpp"

namespace premelt {

/// All settings, in the order in which a reader should meet them.
const std::vector<Setting>& settings();

/// Adds a setting of somebody else's behind ours. What `find_setting` returned before is no longer valid.
/// Throws UsageError when its name is not made of lower-case letters, digits and hyphens or is that of
/// another, or when it has nothing to make.
void add_setting(Setting setting);

/// Throws UsageError naming the nearest known setting.
const Setting& find_setting(const std::string& name);

}  // namespace premelt
