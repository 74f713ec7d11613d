#include "cli/runs/run_info.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/terminal/provenance.hpp"
#include "cli/terminal/standard_streams.hpp"
#include "engine/io/file.hpp"
#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/samplers/trajectory.hpp"
#include "rdm/window/null.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Json alarm_info(const MonitorOptions& options) {
  Json info{{"statistic", options.alarm_statistic},
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
Json detrending_info(const MonitorOptions& options) {
  const std::map<Detrend, const char*> names{
      {Detrend::none, "none"}, {Detrend::linear, "linear"}, {Detrend::diff, "diff"}};
  Json info{{"shc", "none"}, {"shc_detrended", "linear"}};
  for (const Channel& channel : options.channels) info["shc_" + channel.suffix] = names.at(channel.detrend);
  return info;
}

Json null_info(const MonitorOptions& options, std::optional<double> noise_level) {
  const IidNull null = window_null(options.probes, options.window, noise_level.value_or(1.0));
  Json info{{"pr", null.participation_ratio()}};
  if (noise_level) {
    info["noise_level"] = *noise_level;
    info["shc_mean"] = json_number(null.shc_mean());
    info["shc_threshold"] = json_number(null.shc_threshold());
  }
  return info;
}

/// The part every run directory shares: window, probes with their blocks, sampler, divisor, alarm rule, null
/// levels (those of SHC only when the noise level is known) and the build's provenance. `token_reduction`
/// says what made one loss of a probe's tokens.
Json monitor_info(const MonitorOptions& options, const std::vector<std::string>& names,
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

Json events_info(const std::vector<EventSpec>& specs) {
  Json events = Json::array();
  for (const EventSpec& spec : specs) {
    Json event{{"name", spec.name}, {"order", spec.order}};
    if (!spec.of_final_value) event["target"] = spec.target;
    events.push_back(event);
  }
  return events;
}

void read_events_info(const Json& events, report::ReportData& data) {
  for (const Json& event : events) {
    data.order_of_event[event.at("name")] = event.at("order");
    if (event.contains("target")) data.order_targets[event.at("order")] = event.at("target");
  }
}

report::NullLevels read_null_info(const Json& null) {
  report::NullLevels levels;
  levels.shc_mean = number_from_json(null, "shc_mean");
  levels.shc_threshold = number_from_json(null, "shc_threshold");
  levels.pr = number_from_json(null, "pr");
  return levels;
}

/// Probes are listed for machines; a reader of the report sees them in the charts.
std::string readable_provenance(Json info) {
  info["probes"] = info["probes"]["count"];
  info.erase("events");
  info.erase("attention");
  return info.dump();
}

std::int64_t whole(const fs::path& path, const Json& value, const char* name) {
  if (value.is_number_integer()) return value;
  throw DataError(path.string() + ": " + name + ": expected a whole number, found " + value.dump());
}

std::size_t whole_from(const fs::path& path, const Json& value, const char* name, std::int64_t least) {
  return static_cast<std::size_t>(std::max(whole(path, value, name), least));
}

/// The names of what attends. Throws DataError when they do not fit together.
report::AttentionCourse read_attention_info(const fs::path& path, const Json& info) {
  report::AttentionCourse course{info.at("heads"), info.at("probes"), info.at("tokens"), {}, {}};
  const std::size_t positions = course.tokens.empty() ? 0 : course.tokens.front().size();
  const bool square =
      std::ranges::all_of(course.tokens, [&](const auto& t) { return t.size() == positions; });
  if (course.heads.empty() || positions == 0 || course.tokens.size() != course.probes.size() || !square)
    throw DataError(path.string() + ": attention: expected heads, and probes with as many tokens each");
  return course;
}

/// What a run.json says, nothing checked but types and attention.
report::ReportData read_entries(const fs::path& path, const Json& info) {
  report::ReportData data;
  data.title = info.at("title");
  data.subtitle = info.at("subtitle");
  data.provenance = readable_provenance(info);
  data.window = whole_from(path, info.at("window"), "window", 0);
  if (info.contains("modes_every"))
    data.modes_every = whole_from(path, info["modes_every"], "modes_every", 1);
  data.burn_in = whole(path, info.at("alarm").at("burn_in"), "burn_in");
  data.probe_names = info.at("probes").at("names").get<std::vector<std::string>>();
  data.probe_blocks = info.at("probes").at("blocks").get<std::vector<std::string>>();
  data.null = read_null_info(info.at("null"));
  read_events_info(info.at("events"), data);
  if (info.contains("attention")) data.attention = read_attention_info(path, info["attention"]);
  return data;
}

}  // namespace

Json run_info(const Setting& setting, const Hyperparameters& parameters, const Experiment& experiment,
              const std::optional<std::string>& data_hash) {
  const MonitorOptions options = experiment.monitor_options();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < options.probes; ++i) names.push_back(std::to_string(i));
  Json info = monitor_info(options, names, experiment.probe_blocks(), experiment.noise_level(),
                           experiment.token_reduction());
  const auto& p = parameters;
  info.update({{"kind", "run"},
               {"title", setting.name},
               {"subtitle", setting.summary + ", seed " + std::to_string(p.integer("seed"))},
               {"seed", p.integer("seed")},
               {"steps", p.integer("steps")},
               {"every", p.integer("every")},
               {"dtype", p.text("dtype")},
               {"threads", blas::threads()},
               {"events", events_info(experiment.events())}});
  info.update(config_info(setting.name, p));
  if (data_hash) info["data_hash"] = *data_hash;
  if (const auto spec = experiment.attention_spec()) {
    info["attention"] = {{"heads", spec->heads}, {"probes", spec->probes}, {"tokens", spec->tokens}};
  }
  if (const std::string about = experiment.about_data(); !about.empty()) info["data"] = about;
  return info;
}

Json run_info(const Analysis& analysis) {
  const ChainArguments& chain = analysis.chain;
  const std::string count = analysis.recordings ? std::to_string(*analysis.recordings) + " " : "";
  Json info = monitor_info(analysis.options, analysis.probes, analysis.blocks, analysis.noise_level,
                           "unknown: losses as they were given");
  info.update({{"kind", "analyze"},
               {"title", fs::path(source_name(analysis.file)).filename().string()},
               {"subtitle", count + "recordings of " + std::to_string(analysis.probes.size()) + " probes"},
               {"file", analysis.file},
               {"detrend", chain.detrend},
               {"transform", chain.transform},
               {"events", events_info({})}});
  if (analysis.recordings) info["recordings"] = *analysis.recordings;
  return info;
}

Json read_json(const fs::path& path) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable))
    throw DataError(path.string() + ": is missing; expected a directory made by `premelt run` or `analyze`");
  const Json json = Json::parse(read_file(path, "a .json file"), nullptr, false);
  if (json.is_discarded()) throw DataError(path.string() + ": is not valid JSON");
  return json;
}

report::ReportData read_run_info(const fs::path& run_json) {
  const Json info = read_json(run_json);
  report::ReportData data;
  try {
    data = read_entries(run_json, info);
  } catch (const Json::exception& error) {
    throw DataError(run_json.string() + ": is not a run.json of premelt: " + error.what());
  }
  if (data.window < 1)
    throw DataError(run_json.string() + ": the window is " + info.at("window").dump() +
                    " recordings, expected at least 1");
  if (data.probe_names.empty() || data.probe_names.size() != data.probe_blocks.size())
    throw DataError(run_json.string() + ": names " + std::to_string(data.probe_names.size()) +
                    " probes and " + std::to_string(data.probe_blocks.size()) +
                    " blocks of probes, expected as many of both");
  return data;
}

std::string stored_data_hash(const fs::path& run_json) {
  return read_json(run_json).value("data_hash", "");
}

bool made_by_this_build(const fs::path& run_json) {
  return read_json(run_json).value("build", Json()) == build_provenance();
}

}  // namespace premelt::cli
