#include "rdm/scoring/watched.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "engine/tensor/error.hpp"

namespace premelt {

Rises rises(const Watched& watched, std::size_t hold) {
  if (hold == 0) throw UsageError("rises: an alarm needs at least one recording above the threshold");
  Rises result{{}, {}, watched.end, watched.end + 1};
  if (watched.times.size() >= hold) result.earliest = watched.times[hold - 1];
  for (std::size_t t = hold; t <= watched.values.size(); ++t) {
    const auto held = std::span(watched.values).subspan(t - hold, hold);
    if (std::ranges::any_of(held, [](double x) { return std::isnan(x); })) continue;
    const double least = std::ranges::min(held);
    if (!result.levels.empty() && least <= result.levels.back()) continue;
    result.times.push_back(watched.times[t - 1]);
    result.levels.push_back(least);
  }
  return result;
}

std::optional<std::int64_t> alarm_time(const Rises& run, double threshold) {
  const auto above = std::ranges::upper_bound(run.levels, threshold);
  if (above == run.levels.end()) return std::nullopt;
  return run.times[static_cast<std::size_t>(above - run.levels.begin())];
}

double highest(const Rises& run, std::int64_t within) {
  const auto after = std::ranges::upper_bound(run.times, within);
  if (after == run.times.begin()) return -std::numeric_limits<double>::infinity();
  return run.levels[static_cast<std::size_t>(after - run.times.begin()) - 1];
}

}  // namespace premelt
