#pragma once
/// The report of a sweep: one HTML file that opens offline, in the look of a run's report.

#include <string>
#include <vector>

#include "rdm/scoring/event_scores.hpp"

namespace premelt::cli {

/// `subtitle` says what was swept. Under *Fixed beforehand* the verdicts; under *Exploratory*, for each
/// event, a strip plot of every run's lead, the curves of lead against false alarms, and the table of all
/// scores.
std::string sweep_page(const std::string& setting, const std::string& subtitle,
                       const std::vector<EventScores>& events);

}  // namespace premelt::cli
