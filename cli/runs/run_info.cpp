#include "cli/runs/run_info.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "cli/terminal/provenance.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/samplers/trajectory.hpp"
#include "rdm/window/null.hpp"

namespace premelt::cli {

namespace {

nlohmann::json alarm_info(const MonitorOptions& options) {
  nlohmann::json info{{"statistic", options.alarm_statistic},
                      {"hold", options.alarm.hold},
                      {"burn_in", options.alarm.burn_in}};
  if (options.alarm.threshold) {
    info["threshold"] = json_number(*options.alarm.threshold);
  } else {
    info["factor"] = options.alarm.factor;
    info["least_change"] = options.alarm.least_change;
  }
  return info;
}

/// What is done to the losses inside the window, by the suffix of the columns; the alarm names its own.
nlohmann::json detrending_info(const MonitorOptions& options) {
  const std::map<Detrend, const char*> names{
      {Detrend::none, "none"}, {Detrend::linear, "linear"}, {Detrend::diff, "diff"}};
  nlohmann::json info{{"shc", "none"}, {"shc_detrended", "linear"}};
  for (const Channel& channel : options.channels) info["shc_" + channel.suffix] = names.at(channel.detrend);
  return info;
}

nlohmann::json null_info(const MonitorOptions& options, std::optional<double> noise_level) {
  const IidNull null = window_null(options.probes, options.window, noise_level.value_or(1.0));
  nlohmann::json info{{"pr", null.participation_ratio()}};
  if (noise_level) {
    info["noise_level"] = *noise_level;
    info["shc_mean"] = json_number(null.shc_mean());
    info["shc_threshold"] = json_number(null.shc_threshold());
  }
  return info;
}

}  // namespace

nlohmann::json to_json(const HyperparameterValue& value) {
  return std::visit([](const auto& v) { return nlohmann::json(v); }, value);
}

nlohmann::json to_json(const Hyperparameters& parameters) {
  nlohmann::json object = nlohmann::json::object();
  for (const Hyperparameter& parameter : parameters.table())
    object[parameter.name] = to_json(parameter.value);
  return object;
}

nlohmann::json monitor_info(const MonitorOptions& options, const std::vector<std::string>& names,
                            const std::vector<std::string>& blocks, std::optional<double> noise_level,
                            const std::string& token_reduction) {
  return {{"window", options.window},
          {"modes_every", options.modes_every},
          {"probes", {{"count", options.probes}, {"names", names}, {"blocks", blocks}}},
          {"sampler", window_sampler},
          {"divisor", "the W recordings of the window"},
          {"token_reduction", token_reduction},
          {"detrending", detrending_info(options)},
          {"alarm", alarm_info(options)},
          {"null", null_info(options, noise_level)},
          {"build", build_provenance()}};
}

}  // namespace premelt::cli
