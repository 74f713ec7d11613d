#pragma once
/// Who leads, by the one comparison an event that is fixed before anything is scored. (ours, theory §6)

#include <cstddef>
#include <string>
#include <vector>

#include "rdm/scoring/event_scores.hpp"

namespace premelt {

/// The rival of SHC with the longest median lead on the development runs, of two the first by name; null when
/// none has a threshold. All thresholds let at most 5 % alarm there. Nothing of the held-out half enters.
const DetectorScore* champion(const EventScores& event);

/// Fills in the verdict of every event as seen through `window`: leads differ when the interval of the median
/// difference excludes 0 and the corrected p is at most 0.05; a detector that is not trustworthy cannot win.
void decide(std::vector<EventScores>& events, std::size_t window);

/// "mode1, W = 40: SHC leads by 12 steps (…)": the verdict and what it rests on. Empty without one.
std::string sentence(const EventScores& event);

}  // namespace premelt
