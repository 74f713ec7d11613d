#include <algorithm>

#include "engine/error.hpp"
#include "engine/names.hpp"
#include "models/deep_linear.hpp"
#include "models/grokking.hpp"
#include "models/induction.hpp"
#include "models/schematic.hpp"
#include "models/setting.hpp"

namespace premelt {

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all{deep_linear_setting(), schematic_setting(), grokking_setting(),
                                        induction_setting()};
  return all;
}

const Setting& find_setting(const std::string& name) {
  const auto found = std::ranges::find(settings(), name, &Setting::name);
  if (found != settings().end()) return *found;
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(setting.name);
  throw UsageError(unknown_name("setting", name, names));
}

}  // namespace premelt
