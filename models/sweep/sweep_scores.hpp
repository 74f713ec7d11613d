#pragma once
/// The pure reduction of a sweep: finished runs to scores.

#include <vector>

#include "models/sweep/sweep.hpp"
#include "rdm/scoring/event_scores.hpp"

namespace premelt {

/// Event by event, and for each the windows in the order of the sweep. Trains nothing.
std::vector<EventScores> score_events(const FinishedRuns& runs, const std::vector<std::size_t>& windows);

}  // namespace premelt
