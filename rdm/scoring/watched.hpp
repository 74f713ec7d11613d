#pragma once
/// One detector in one run, and when it alarms. Time is counted in steps from the start of the event's
/// segment. (ours, theory §6)

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace premelt {

/// What a detector said, recording by recording.
struct Watched {
  std::vector<std::int64_t> times;  ///< in steps, increasing
  std::vector<double> values;       ///< as many; larger = more alarming, NaN = no statement
  std::int64_t end;                 ///< the event's time h; of a run without it, how long it was watched
};

/// The recordings at which the value held for K recordings in a row reaches a new maximum: all that scoring
/// can ever ask of a detector in a run.
struct Rises {
  std::vector<std::int64_t> times;  ///< in steps, increasing
  std::vector<double> levels;       ///< as many, increasing, never NaN
  std::int64_t end;                 ///< as in Watched
  std::int64_t earliest;            ///< the first recording at which K in a row are complete
};

/// Throws UsageError when `hold` is 0.
Rises rises(const Watched& watched, std::size_t hold);

/// A(c): the time of the recording that completes K in a row above the threshold; nothing when none does, or
/// the threshold is NaN. O(log of the rises).
std::optional<std::int64_t> alarm_time(const Rises& run, double threshold);

/// m(h): the largest value held for K recordings within h steps; -infinity without a statement by then.
/// O(log of the rises).
double highest(const Rises& run, std::int64_t within);

}  // namespace premelt
