#pragma once
/// The results of `premelt compare` as JSON; what is undefined is null.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/comparison.hpp"

namespace premelt::cli {

/// What `--json` prints: {"dir", "steps": [...]}; "replica" and "sgld" appear in a step when they were asked
/// for.
nlohmann::json result_json(const std::string& directory, const std::vector<StepComparison>& steps);

/// What compare.html draws, and more than the above: error bars, angles, spectra and matrices (averaged over
/// neighbouring probes to at most 64 rows) at every step, and the course along training.
nlohmann::json page_json(const std::vector<StepComparison>& steps, const std::vector<Glance>& course);

}  // namespace premelt::cli
