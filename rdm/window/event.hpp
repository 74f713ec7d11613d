#pragma once
/// Something that happened at a step of a run, and the detector of completions of an order parameter.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace premelt {

/// One entry of events.json.
struct Event {
  /// An alarm is what an instrument says; an event is what happened.
  enum class Kind { alarm, event };

  Kind kind = Kind::event;  ///< which of the two
  std::string name;         ///< the statistic that alarmed, or the event ("mode1_50")
  std::int64_t step = 0;    ///< when it could first be said (alarm), or when the level was reached (event)
  double value = 0;         ///< of the statistic or order parameter at `step`
  double threshold = 0;     ///< what `value` had to pass
  std::string why;          ///< in plain language
};

/// An order parameter reaches a level and stays there for `hold` consecutive recordings, or to the end of the
/// run. The event is stamped at the first of these recordings. It is reported once. (ours)
class EventDetector {
 public:
  /// Throws UsageError when `hold` is 0 or the level is not finite.
  EventDetector(std::string name, double level, std::size_t hold = 10);

  /// The event, at the recording that completes the hold. NaN counts as below the level.
  std::optional<Event> push(std::int64_t step, double value);
  /// The event, when the run ends while the level is held.
  std::optional<Event> finish();

 private:
  std::optional<Event> report();

  std::string name_;
  double level_;
  std::size_t hold_;
  std::size_t held_ = 0;
  std::int64_t first_step_ = 0;
  double first_value_ = 0;
  bool reported_ = false;
};

/// Detectors `name_10`, `name_50` and `name_90` of 10, 50 and 90 % of a positive target.
/// Throws UsageError when the target is not positive and finite.
std::vector<EventDetector> progress_detectors(const std::string& name, double target, std::size_t hold = 10);

}  // namespace premelt
