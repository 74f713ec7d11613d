#pragma once
/// What a run.json says of what was run: its setting and parameters, written and read back.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/runs/config.hpp"
#include "models/experiment/hyperparameters.hpp"

namespace premelt::cli {

/// @{
/// Parameters in JSON.
nlohmann::json to_json(const HyperparameterValue& value);
nlohmann::json to_json(const Hyperparameters& parameters);
/// @}

/// The entries of a run.json that `stored_config` reads.
nlohmann::json config_info(const std::string& setting, const Hyperparameters& parameters);

/// Setting and parameters of a run.json. Throws DataError naming the key of a wrong value.
Config stored_config(const std::filesystem::path& run_json);

}  // namespace premelt::cli
