#pragma once
/// Where in a run each of its events belongs.

#include <cstdint>
#include <optional>
#include <vector>

#include "models/experiment/setting.hpp"
#include "rdm/scoring/detectors.hpp"

namespace premelt {

/// The stretch of a run in which one event is waited for.
struct Segment {
  EventSpec spec;                          ///< of the event
  std::size_t order;                       ///< column of its order parameter
  std::int64_t start;                      ///< the recording at which the event before is 98 % complete, or
                                           ///< the burn-in is over
  bool first;                              ///< no event before it
  std::optional<std::int64_t> event_step;  ///< half-way point of the order parameter

  /// The first step at which a window of this many steps is all the segment's own.
  std::int64_t settled(std::int64_t width) const { return first ? start : start + width; }
};

/// The segments that a run has got to, in order.
std::vector<Segment> segments_of(const RunTrace& run, const Experiment& experiment,
                                 const Hyperparameters& parameters);

/// Null when the run has not got to it.
const Segment* find_segment(const std::vector<Segment>& segments, const std::string& event);

/// The step at which the order parameter reaches a fraction of the event's target and stays there, if it
/// does.
std::optional<std::int64_t> reached(const RunTrace& run, std::size_t order, double fraction,
                                    const EventSpec& spec);

/// The first recording at or after a step.
std::size_t recording_at(const RunTrace& run, std::int64_t step);

}  // namespace premelt
