#pragma once
/// The results of `premelt compare` as JSON; what is undefined is null.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/runs/plan.hpp"
#include "cli/runs/walk.hpp"
#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

/// What `--json` prints: {"dir", "steps": [...]}; samplers that are not compared by default appear
/// in a step when they were asked for.
nlohmann::json result_json(const std::string& directory, const std::vector<StepComparison>& steps);

/// compare.json, which compare.html draws, and more than the above: spectra, matrices and their energy by
/// block at every step, the course along training, and what was run. Matrices have their probes block by
/// block and are averaged over neighbours to at most 64 rows.
nlohmann::json page_json(const Plan& plan, const Walk& walk, std::size_t threads,
                         const std::vector<StepComparison>& steps, const std::vector<Glance>& course);

}  // namespace premelt::cli
