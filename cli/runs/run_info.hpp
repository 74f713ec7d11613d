#pragma once
/// run.json: what was run, with what, and how its numbers are to be read. Who writes it and who reads it meet
/// here: its keys are spelled in run_info.cpp, and in config_info.cpp those that name what was run.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/report/report_data.hpp"
#include "cli/runs/config_info.hpp"
#include "cli/terminal/arguments.hpp"
#include "models/experiment/hyperparameters.hpp"
#include "models/experiment/setting.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt::cli {

/// Of a training run. `data_hash`: what its data can be recognised by.
nlohmann::json run_info(const Setting& setting, const Hyperparameters& parameters,
                        const Experiment& experiment, const std::optional<std::string>& data_hash);

/// How recorded losses were analysed: `probes` and `blocks` hold a name a probe; the noise level is that of a
/// quiet stretch, where there is one.
struct Analysis {
  const std::string& file;
  const ChainArguments& chain;
  const MonitorOptions& options;
  const std::vector<std::string>& probes;
  const std::vector<std::string>& blocks;
  std::optional<std::size_t> recordings;  ///< absent: not known yet
  std::optional<double> noise_level;
};
nlohmann::json run_info(const Analysis& analysis);

/// A JSON file of a run directory. Throws DataError when it is missing or malformed.
nlohmann::json read_json(const std::filesystem::path& path);

/// Titles, names, levels and windows: all that a run.json says to a report. Throws DataError naming what is
/// missing or has another form.
report::ReportData read_run_info(const std::filesystem::path& run_json);

/// What the run's data can be recognised by; empty where it has none.
std::string stored_data_hash(const std::filesystem::path& run_json);

/// Whether this build of premelt and of BLAS wrote a run.json.
bool made_by_this_build(const std::filesystem::path& run_json);

}  // namespace premelt::cli
