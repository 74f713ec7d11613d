#include "cli/runs/plan.hpp"

#include <nlohmann/json.hpp>

#include "cli/runs/config.hpp"
#include "cli/runs/run_info.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/hash.hpp"
#include "models/settings/registry.hpp"
#include "models/tasks/corpus.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

void override_parameters(Plan& plan, const Config& config, const RunArguments& arguments) {
  assign_parameters(*plan.setting, plan.parameters, [&](Hyperparameters& parameters) {
    for (const auto& [key, value] : config.values) parameters.set(key, value);
    for (const auto& [key, text] : arguments.overrides) parameters.parse(key, text);
  });
}

/// Steps are read back from tables, as doubles.
constexpr std::int64_t most_steps = std::int64_t{1} << 53;

/// Throws UsageError when the steps cannot be counted or the window is longer than the run.
void check_length(const Hyperparameters& parameters) {
  const std::int64_t steps = parameters.integer("steps"), every = parameters.integer("every");
  for (const char* name : {"steps", "every"}) {
    if (parameters.integer(name) <= most_steps) continue;
    throw UsageError(std::string("parameter '") + name + "': expected at most " + std::to_string(most_steps) +
                     " (2^53), got " + std::to_string(parameters.integer(name)));
  }
  const std::int64_t recordings = steps / every + 1, window = parameters.integer("window");
  if (window <= recordings) return;
  throw UsageError("a window of " + std::to_string(window) + " recordings does not fit into " +
                   std::to_string(recordings) +
                   " recordings (steps / every + 1); make the run longer or the window shorter");
}

void check_same_setting(const std::string& file, const std::string& found, const std::string& wanted) {
  if (found.empty() || wanted.empty() || found == wanted) return;
  throw UsageError(file + " is for the setting '" + found + "', not for '" + wanted + "'");
}

/// The plan in a run.json, which nobody is expected to have edited.
Plan stored_plan(const fs::path& run_json) {
  std::error_code unreadable;
  if (!fs::exists(run_json, unreadable)) {
    throw DataError(run_json.string() + ": is missing; --resume continues a directory made by `premelt run`");
  }
  const Config stored = read_config(run_json);
  try {
    Plan plan{&find_setting(stored.setting), find_setting(stored.setting).parameters};
    override_parameters(plan, stored, {});
    return plan;
  } catch (const UsageError& error) {
    throw DataError(run_json.string() + ": " + error.what());
  }
}

/// Only a later end is the same run.
void check_extension(const Plan& before, const Plan& after, const std::string& directory) {
  const auto &old_table = before.parameters.table(), &new_table = after.parameters.table();
  for (std::size_t i = 0; i < old_table.size(); ++i) {
    const std::string old_value = to_toml(old_table[i].value), new_value = to_toml(new_table[i].value);
    const bool longer = old_table[i].name == "steps" &&
                        after.parameters.integer("steps") > before.parameters.integer("steps");
    if (longer || old_value == new_value) continue;
    throw UsageError("parameter '" + old_table[i].name + "': the run in " + directory + " has " + old_value +
                     ", not " + new_value + "; --resume changes nothing but can raise --steps");
  }
}

/// (H,P,T,T); without axes where nothing attends.
Shape attention_shape(const Experiment& experiment) {
  const auto spec = experiment.attention_spec();
  if (!spec) return {};
  const std::size_t positions = spec->tokens.front().size();
  return {spec->heads.size(), spec->probes.size(), positions, positions};
}

}  // namespace

std::optional<std::string> data_hash(const Hyperparameters& parameters) {
  std::error_code unreadable;
  if (!parameters.contains("data") || !fs::exists(parameters.text("data"), unreadable)) return std::nullopt;
  return hexadecimal(fnv1a(read_text(parameters.text("data"))));
}

void check_same_data(const fs::path& run_json, const Hyperparameters& parameters) {
  const auto now = data_hash(parameters);
  const std::string stored = stored_data_hash(run_json);
  if (!now || stored.empty() || *now == stored) return;
  throw DataError(parameters.text("data") + ": is not the file that the run in " +
                  run_json.parent_path().string() + " learns from: its content has hash " + *now +
                  ", expected " + stored + "; restore the file, or start a new run");
}

Plan make_plan(const RunArguments& arguments) {
  Config config;
  if (!arguments.config.empty()) config = read_config(arguments.config);
  check_same_setting(arguments.config, config.setting, arguments.setting);
  const std::string name = arguments.setting.empty() ? config.setting : arguments.setting;
  if (name.empty())
    throw UsageError("name a setting, for example `premelt run deep-linear`; `premelt settings` lists them");
  Plan plan{&find_setting(name), find_setting(name).parameters};
  override_parameters(plan, config, arguments);
  check_length(plan.parameters);
  return plan;
}

Plan resumed_plan(const RunArguments& arguments) {
  if (arguments.out.empty())
    throw UsageError("--resume needs --out DIR, the directory of the run to continue");
  const fs::path run_json = fs::path(arguments.out) / "run.json";
  const Plan stored = stored_plan(run_json);
  Config config;
  if (!arguments.config.empty()) config = read_config(arguments.config);
  check_same_setting(run_json.string(), stored.setting->name, arguments.setting);
  check_same_setting(run_json.string(), stored.setting->name, config.setting);
  Plan plan = stored;
  override_parameters(plan, config, arguments);
  check_extension(stored, plan, arguments.out);
  check_length(plan.parameters);
  check_same_data(run_json, plan.parameters);
  return plan;
}

nlohmann::json run_info(const Plan& plan, const Experiment& experiment) {
  return run_info(*plan.setting, plan.parameters, experiment, data_hash(plan.parameters));
}

RunWriter::Layout run_layout(const Experiment& experiment) {
  const Monitor monitor(experiment.monitor_options());
  const bool trains = !experiment.training().empty();
  return {.probes = experiment.probe_blocks().size(),
          .modes = experiment.monitor_options().modes,
          .order = experiment.order_names(),
          .training = trains ? training_columns : std::vector<std::string>{},
          .signals = monitor.columns(),
          .attention = attention_shape(experiment)};
}

}  // namespace premelt::cli
