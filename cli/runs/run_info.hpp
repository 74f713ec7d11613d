#pragma once
/// run.json: what was run, with what, and how its numbers are to be read.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/experiment/hyperparameters.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt::cli {

nlohmann::json to_json(const HyperparameterValue& value);
nlohmann::json to_json(const Hyperparameters& parameters);

/// The part every run directory shares: window, probes with their blocks, sampler, divisor, alarm rule, null
/// levels (those of SHC only when the noise level is known) and the build's provenance.
/// `names` and `blocks` hold one entry a probe; `token_reduction` says what made one loss of a probe's
/// tokens.
nlohmann::json monitor_info(const MonitorOptions& options, const std::vector<std::string>& names,
                            const std::vector<std::string>& blocks, std::optional<double> noise_level,
                            const std::string& token_reduction);

}  // namespace premelt::cli
