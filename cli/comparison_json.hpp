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

/// What compare.html draws, and more than the above: error bars, angles, spectra and matrices at every step,
/// and the course along training. Matrices have their probes in the given `order` and are averaged over
/// neighbours to at most 64 rows.
nlohmann::json page_json(const std::vector<StepComparison>& steps, const std::vector<Glance>& course,
                         const std::vector<std::size_t>& order);

}  // namespace premelt::cli
