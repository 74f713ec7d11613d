#include "models/sweep/probe_sets.hpp"

#include <map>
#include <set>
#include <utility>

namespace premelt {

std::vector<Channel> probe_sets(const std::vector<std::string>& blocks) {
  std::vector<Channel> sets;
  const std::set<std::string> names(blocks.begin(), blocks.end());
  for (const std::string& name : names) {
    if (names.size() < 2) break;
    Channel only{.suffix = "only_" + name}, without{.suffix = "without_" + name};
    for (std::size_t i = 0; i < blocks.size(); ++i) (blocks[i] == name ? only : without).probes.push_back(i);
    sets.push_back(std::move(only));
    sets.push_back(std::move(without));
  }
  for (const auto& [suffix, stride] : {std::pair{"half", 2}, {"quarter", 4}, {"eighth", 8}}) {
    Channel sparse{.suffix = suffix};
    std::map<std::string, int> seen;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (seen[blocks[i]]++ % stride == 0) sparse.probes.push_back(i);
    }
    if (sparse.probes.size() >= 2) sets.push_back(std::move(sparse));
  }
  return sets;
}

}  // namespace premelt
