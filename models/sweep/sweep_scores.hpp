#pragma once
/// The pure reduction of a sweep: finished runs to scores.

#include <map>
#include <string>
#include <vector>

#include "models/sweep/sweep.hpp"
#include "rdm/scoring/event_scores.hpp"

namespace premelt {

/// log‖θ‖² at which runs have an event: the median over the development runs that have it. NaN when none has,
/// or nothing has weights.
double passage_level(const FinishedRuns& runs, const std::string& event, std::size_t window);

/// Adds to every run the detector `first_passage`, by the level of each event and an alarm's K = `hold`.
/// Where there is no level, there is no such detector.
void add_first_passages(FinishedRuns& runs, std::size_t hold);

/// The runs of one event for one window, by detector, each in its half and family. Runs in which the event
/// never happened and controls that never reached its segment are in none.
std::map<std::string, Halves> halves_of(const FinishedRuns& runs, const std::string& event,
                                        std::size_t window);

/// Each trap's count for one event, window and detector, at a threshold.
std::map<std::string, TrapCount> trap_counts(const FinishedRuns& runs, const std::string& event,
                                             std::size_t window, const std::string& detector,
                                             double threshold);

/// Event by event, and for each the windows in the order of the sweep; with the verdicts of its primary
/// window. Depends on the order of the runs, but on nothing else. Trains nothing.
std::vector<EventScores> score_events(const FinishedRuns& runs, const Sweep& sweep);

}  // namespace premelt
