#pragma once
/// The scores of a sweep as plain text for a terminal.

#include <string>
#include <vector>

#include "rdm/scoring/event_scores.hpp"

namespace premelt::cli {

/// One event: all its scores when there is one window; else leads, detections and false alarms side by side.
/// Then the alarms on traps, if any were set, in the first window. `windows` are the same event's, in order.
std::string score_table(const std::vector<EventScores>& windows);

}  // namespace premelt::cli
