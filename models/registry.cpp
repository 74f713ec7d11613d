#include <algorithm>

#include "engine/error.hpp"
#include "engine/names.hpp"
#include "models/decay_annealed.hpp"
#include "models/deep_linear.hpp"
#include "models/grokking.hpp"
#include "models/induction.hpp"
#include "models/misalignment.hpp"
#include "models/quadratic.hpp"
#include "models/schematic.hpp"
#include "models/setting.hpp"
#include "models/tanh_mlp.hpp"
#include "models/text.hpp"
#include "models/tiny_lookup.hpp"
#include "models/toys.hpp"

namespace premelt {

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all{deep_linear_setting(), schematic_setting(),     grokking_setting(),
                                        induction_setting(),   misalignment_setting(),  text_setting(),
                                        tanh_mlp_setting(),    tiny_lookup_setting(),   quadratic_setting(),
                                        pitchfork_setting(),   fold_setting(),          metastable_setting(),
                                        drift_setting(),       decay_annealed_setting()};
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
