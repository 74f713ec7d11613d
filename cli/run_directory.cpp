#include "cli/run_directory.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/report/report.hpp"
#include "engine/csv.hpp"
#include "engine/error.hpp"
#include "engine/npy.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

report::Table read_table(const fs::path& path) {
  const std::vector<CsvRow> rows = read_csv(path);
  report::Table table{rows.front().cells, Tensor<double>(Shape{rows.size() - 1, rows.front().cells.size()})};
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < table.columns.size(); ++j)
      table.values(i - 1, j) = require_number(path, rows[i], j);
  }
  return table;
}

double number_or_undefined(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : report::undefined;
}

report::NullLevels read_null_levels(const Json& null) {
  report::NullLevels levels;
  levels.shc_mean = number_or_undefined(null, "shc_mean");
  levels.shc_threshold = number_or_undefined(null, "shc_threshold");
  levels.pr = number_or_undefined(null, "pr");
  levels.random_walk_pr = number_or_undefined(null, "random_walk_pr");
  return levels;
}

/// run.json lists the probes for machines; a reader of the report sees them in the charts.
std::string readable_provenance(Json info) {
  info["probes"] = info["probes"]["count"];
  info.erase("events");
  return info.dump();
}

}  // namespace

Json read_json(const fs::path& path) {
  std::ifstream file(path);
  if (!file)
    throw DataError(path.string() + ": is missing; expected a directory made by `premelt run` or `analyze`");
  const Json json = Json::parse(file, nullptr, false);
  if (json.is_discarded()) throw DataError(path.string() + ": is not valid JSON");
  return json;
}

std::vector<Event> read_events(const fs::path& directory) {
  const fs::path path = directory / "events.json";
  std::vector<Event> events;
  try {
    for (const Json& entry : read_json(path)) {
      events.push_back({entry.at("kind") == "alarm" ? Event::Kind::alarm : Event::Kind::event,
                        entry.at("name"), entry.at("step"), number_or_undefined(entry, "value"),
                        number_or_undefined(entry, "threshold"), entry.at("why")});
    }
  } catch (const Json::exception& error) {
    throw DataError(path.string() + ": is not an events.json of premelt: " + error.what());
  }
  return events;
}

report::ReportData read_run_directory(const fs::path& directory) {
  const Json info = read_json(directory / "run.json");
  report::ReportData data;
  try {
    data.title = info.at("title");
    data.subtitle = info.at("subtitle");
    data.provenance = readable_provenance(info);
    data.window = info.at("window");
    data.probe_names = info.at("probes").at("names").get<std::vector<std::string>>();
    data.probe_blocks = info.at("probes").at("blocks").get<std::vector<std::string>>();
    data.null = read_null_levels(info.at("null"));
    for (const Json& event : info.at("events")) data.order_targets[event.at("order")] = event.at("target");
    data.marks = read_events(directory);
  } catch (const Json::exception& error) {
    throw DataError((directory / "run.json").string() + ": is not a run.json of premelt: " + error.what());
  }
  data.steps = read_npy<std::int64_t>(directory / "steps.npy");
  data.losses = read_npy<double>(directory / "losses.npy");
  data.modes = read_npy<double>(directory / "modes.npy");
  data.signals = read_table(directory / "signals.csv");
  if (fs::exists(directory / "order.csv")) data.order = read_table(directory / "order.csv");
  return data;
}

fs::path write_run_report(const fs::path& directory) {
  const fs::path path = directory / "report.html";
  report::write_report(read_run_directory(directory), path);
  return path;
}

}  // namespace premelt::cli
