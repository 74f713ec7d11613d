#pragma once
/// How long SHC peaks before an event, by every definition of when the event is. (ours: the paper reports the
/// lag to completion only)

#include <cstdint>
#include <map>
#include <string>

#include "models/sweep/segments.hpp"

namespace premelt {

/// One lag, and what chance alone would give.
struct Lag {
  double steps;   ///< from SHC's peak to the event; negative when SHC peaks after it
  double chance;  ///< share of the steps searched for the peak that come before the event
};

/// By definition: `half` and `95 %` of the order parameter; `steepest fall` of the mean probe loss between
/// the W/4 recordings before and after; `alignment` of the singular vectors to 0.95, where the setting knows
/// it. SHC's peak is its largest value between the geometric means of this event's half-way point with those
/// before and after. Empty when the event never happens or no window fits.
std::map<std::string, Lag> lags_of(const RunTrace& run, const std::vector<Segment>& segments,
                                   const std::string& event, const Experiment& experiment,
                                   std::size_t window);

}  // namespace premelt
