#pragma once
/// The results of `premelt compare` as JSON; what is undefined is null.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

/// What `--json` prints: {"dir", "steps": [...]}; samplers that are not compared by default appear
/// in a step when they were asked for.
nlohmann::json result_json(const std::string& directory, const std::vector<StepComparison>& steps);

/// What compare.html draws, and more than the above: spectra, matrices and their energy by block at every
/// step, and the course along training. Matrices have their probes block by block and are averaged over
/// neighbours to at most 64 rows.
nlohmann::json page_json(const std::vector<StepComparison>& steps, const std::vector<Glance>& course,
                         const Blocks& blocks);

}  // namespace premelt::cli
