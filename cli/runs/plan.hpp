#pragma once
/// What the command line asks for: a setting with its parameters decided.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/terminal/arguments.hpp"
#include "models/experiment/setting.hpp"
#include "rdm/io/run_writer.hpp"

namespace premelt::cli {

struct Plan {
  const Setting* setting;
  Hyperparameters parameters;
};

/// Defaults, then --config, then the command line. Throws UsageError naming the setting or parameter that is
/// unknown, out of range or contradicted; DataError when the config cannot be read.
Plan make_plan(const RunArguments& arguments);

/// The plan of the run in the directory `arguments.out`, with more steps when asked. Throws UsageError when
/// the command line asks for anything else, DataError when there is no run.
Plan resumed_plan(const RunArguments& arguments);

/// What the data can be recognised by, a file or a directory of texts; nothing where the parameters name
/// none.
std::optional<std::string> data_hash(const Hyperparameters& parameters);

/// Throws DataError when the file the parameters name as `data` has another content than at the run's start.
void check_same_data(const std::filesystem::path& run_json, const Hyperparameters& parameters);

/// run.json.
nlohmann::json run_info(const Plan& plan, const Experiment& experiment);

/// The shapes of the files an experiment fills.
RunWriter::Layout run_layout(const Experiment& experiment);

}  // namespace premelt::cli
