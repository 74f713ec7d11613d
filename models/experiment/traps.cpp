#include "models/experiment/traps.hpp"

#include <string>

namespace premelt {

void add_traps(Setting& setting, std::initializer_list<const char*> names, std::int64_t step) {
  std::vector<std::string> choices{"none"};
  choices.insert(choices.end(), names.begin(), names.end());
  setting.parameters.add({"trap",
                          std::string("none"),
                          "a false alarm in waiting: rate_drop, learning rate to a fifth; warm_up, its end; "
                          "spike, one step of 20 times the rate; batch_drop, a quarter of the batch",
                          {},
                          choices});
  setting.parameters.add({"trap_step", step, "the step of the trap", 1});
  for (const char* name : names) setting.traps.push_back({name, {{"trap", std::string(name)}}});
}

Schedule trap_schedule(const Hyperparameters& parameters) {
  const std::string& trap = parameters.text("trap");
  const auto at = static_cast<std::uint64_t>(parameters.count("trap_step"));
  if (trap == "rate_drop") return Schedule([at](std::uint64_t step) { return step < at ? 1 : 0.2; });
  if (trap == "warm_up") return warm_up(at);
  if (trap == "spike") return Schedule([at](std::uint64_t step) { return step == at ? 20 : 1; });
  return {};
}

}  // namespace premelt
