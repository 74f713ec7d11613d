#include "cli/run_directory.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/report/report.hpp"
#include "engine/csv.hpp"
#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/npy.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// The rows of a table; a last line that a killed run left unfinished does not count.
report::Table read_table(const fs::path& path) {
  const std::string text = read_file(path, "a .csv file");
  const std::vector<CsvRow> rows = read_csv(path, static_cast<std::size_t>(std::ranges::count(text, '\n')));
  report::Table table{rows.front().cells, Tensor<double>(Shape{rows.size() - 1, rows.front().cells.size()})};
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < table.columns.size(); ++j)
      table.values(i - 1, j) = require_number(path, rows[i], j);
  }
  return table;
}

template <class T>
Tensor<T> first_rows(const Tensor<T>& tensor, std::size_t rows) {
  Shape shape = tensor.shape();
  const std::size_t width = shape[0] == 0 ? 0 : tensor.size() / shape[0];
  shape[0] = rows;
  Tensor<T> top(shape);
  std::copy_n(tensor.data(), rows * width, top.data());
  return top;
}

/// A killed run may have written more of one file than of another: keeps the recordings and windows that all
/// files hold.
void cut_to_common_length(report::ReportData& data) {
  std::size_t recordings = std::min(data.steps.size(), data.losses.shape()[0]);
  if (!data.order.columns.empty()) recordings = std::min(recordings, data.order.values.shape()[0]);
  const std::size_t full = recordings >= data.window ? recordings - data.window + 1 : 0;
  const std::size_t windows = std::min({data.signals.values.shape()[0], data.modes.shape()[0], full});
  data.steps = first_rows(data.steps, recordings);
  data.losses = first_rows(data.losses, recordings);
  if (!data.order.columns.empty()) data.order.values = first_rows(data.order.values, recordings);
  data.signals.values = first_rows(data.signals.values, windows);
  data.modes = first_rows(data.modes, windows);
  std::erase_if(data.marks, [&](const Event& event) {
    return recordings == 0 || event.step > data.steps(recordings - 1);
  });
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

/// The names in run.json and the patterns beside it; a killed run may have written more of one file than of
/// the other.
report::AttentionCourse read_attention(const fs::path& directory, const Json& info) {
  const auto steps = read_npy<std::int64_t>(directory / "attention_steps.npy");
  const auto patterns = read_npy<double>(directory / "attention.npy");
  const std::size_t frames = std::min(steps.size(), patterns.shape()[0]);
  return {info.at("heads"), info.at("probes"), info.at("tokens"), first_rows(steps, frames),
          first_rows(patterns, frames)};
}

/// run.json lists the probes for machines; a reader of the report sees them in the charts.
std::string readable_provenance(Json info) {
  info["probes"] = info["probes"]["count"];
  info.erase("events");
  info.erase("attention");
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
    data.burn_in = info.at("alarm").at("burn_in");
    data.probe_names = info.at("probes").at("names").get<std::vector<std::string>>();
    data.probe_blocks = info.at("probes").at("blocks").get<std::vector<std::string>>();
    data.null = read_null_levels(info.at("null"));
    for (const Json& event : info.at("events")) {
      data.order_of_event[event.at("name")] = event.at("order");
      if (event.contains("target")) data.order_targets[event.at("order")] = event.at("target");
    }
    data.marks = read_events(directory);
    if (info.contains("attention")) data.attention = read_attention(directory, info["attention"]);
  } catch (const Json::exception& error) {
    throw DataError((directory / "run.json").string() + ": is not a run.json of premelt: " + error.what());
  }
  data.steps = read_npy<std::int64_t>(directory / "steps.npy");
  data.losses = read_npy<double>(directory / "losses.npy");
  data.modes = read_npy<double>(directory / "modes.npy");
  data.signals = read_table(directory / "signals.csv");
  if (fs::exists(directory / "order.csv")) data.order = read_table(directory / "order.csv");
  cut_to_common_length(data);
  if (data.steps.size() == 0) throw DataError(directory.string() + ": holds no recording: nothing to draw");
  return data;
}

fs::path write_run_report(const fs::path& directory) {
  const fs::path path = directory / "report.html";
  report::write_report(read_run_directory(directory), path);
  return path;
}

}  // namespace premelt::cli
