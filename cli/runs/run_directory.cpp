#include "cli/runs/run_directory.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/report/report.hpp"
#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/table.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "rdm/window/null.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

template <class T>
Tensor<T> first_rows(const Tensor<T>& tensor, std::size_t rows) {
  Shape shape = tensor.shape();
  const std::size_t width = shape[0] == 0 ? 0 : tensor.size() / shape[0];
  shape[0] = rows;
  Tensor<T> top(shape);
  std::copy_n(tensor.data(), rows * width, top.data());
  return top;
}

[[noreturn]] void wrong_shape(const fs::path& path, const Shape& found, const std::string& expected) {
  throw DataError(path.string() + ": has shape " + to_string(found) + ", expected " + expected);
}

/// What `shape` has to be, an extent of 0 standing for any. `expected` says it in words.
void check_shape(const fs::path& path, const Shape& found, const Shape& shape, const std::string& expected) {
  bool fits = found.rank() == shape.rank();
  for (std::size_t i = 0; fits && i < shape.rank(); ++i) fits = shape[i] == 0 || shape[i] == found[i];
  if (!fits) wrong_shape(path, found, expected);
}

void check_increasing(const fs::path& path, const Tensor<std::int64_t>& steps) {
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps(i) > steps(i - 1)) continue;
    throw DataError(path.string() + ": row " + std::to_string(i + 1) + ": steps must increase, but " +
                    std::to_string(steps(i)) + " follows " + std::to_string(steps(i - 1)));
  }
}

/// Row i of signals.csv describes the window whose newest recording is number i + W - 1.
void check_signals(const fs::path& path, const report::ReportData& data) {
  if (data.signals.columns.front() != "step")
    throw DataError(path.string() + ":1: the first column is '" + data.signals.columns.front() +
                    "', expected 'step'");
  const std::size_t rows = row_count(data.signals);
  for (std::size_t i = 0; i < rows && i + data.window <= data.steps.size(); ++i) {
    const auto step = static_cast<double>(data.steps(i + data.window - 1));
    if (data.signals.values(i, 0) == step) continue;
    throw DataError(path.string() + ": row " + std::to_string(i + 1) + ", column 'step': found " +
                    format_number(data.signals.values(i, 0)) + ", expected " + format_number(step) +
                    ", the step of the window's last recording in steps.npy");
  }
}

/// A killed run may have written more of one file than of another: keeps the recordings and windows that all
/// files hold.
void cut_to_common_length(report::ReportData& data) {
  std::size_t recordings = data.steps.size();
  if (!data.order.columns.empty()) recordings = std::min(recordings, row_count(data.order));
  const std::size_t full = recordings >= data.window ? recordings - data.window + 1 : 0;
  const std::size_t windows = std::min({row_count(data.signals), data.modes.shape()[0], full});
  data.steps = first_rows(data.steps, recordings);
  data.losses = data.losses.first(recordings);
  if (!data.order.columns.empty()) data.order.values = data.order.values.first(recordings);
  data.signals.values = data.signals.values.first(windows);
  data.modes = data.modes.first(windows);
  std::erase_if(data.marks, [&](const Event& event) {
    return recordings == 0 || event.step > data.steps(recordings - 1);
  });
}

double number_or_undefined(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : undefined;
}

report::NullLevels read_null_levels(const Json& null) {
  report::NullLevels levels;
  levels.shc_mean = number_or_undefined(null, "shc_mean");
  levels.shc_threshold = number_or_undefined(null, "shc_threshold");
  levels.pr = number_or_undefined(null, "pr");
  return levels;
}

/// The names in run.json and the patterns beside it; a killed run may have written more of one file than of
/// the other.
report::AttentionCourse read_attention(const fs::path& directory, const Json& info) {
  report::AttentionCourse course{info.at("heads"), info.at("probes"), info.at("tokens"), {}, {}};
  const std::size_t heads = course.heads.size(), probes = course.probes.size(),
                    positions = course.tokens.empty() ? 0 : course.tokens.front().size();
  const bool square =
      std::ranges::all_of(course.tokens, [&](const auto& t) { return t.size() == positions; });
  if (heads == 0 || probes == 0 || positions == 0 || course.tokens.size() != probes || !square)
    throw DataError((directory / "run.json").string() +
                    ": attention: expected heads, and probes with as many "
                    "tokens each");
  const fs::path steps_file = directory / "attention_steps.npy", patterns_file = directory / "attention.npy";
  const auto steps = read_npy<std::int64_t>(steps_file);
  const auto patterns = read_npy<double>(patterns_file);
  check_shape(steps_file, steps.shape(), Shape{0}, "(frames)");
  check_shape(patterns_file, patterns.shape(), Shape{0, heads, probes, positions, positions},
              "(frames," + to_string(Shape{heads, probes, positions, positions}).substr(1));
  check_increasing(steps_file, steps);
  const std::size_t frames = std::min(steps.size(), patterns.shape()[0]);
  course.steps = first_rows(steps, frames);
  course.patterns = first_rows(patterns, frames);
  return course;
}

/// run.json lists the probes for machines; a reader of the report sees them in the charts.
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

/// Titles, names, marks and levels: what run.json and events.json say.
report::ReportData read_names(const fs::path& directory) {
  const fs::path path = directory / "run.json";
  const Json info = read_json(path);
  report::ReportData data;
  try {
    data.title = info.at("title");
    data.subtitle = info.at("subtitle");
    data.provenance = readable_provenance(info);
    const std::int64_t window = whole(path, info.at("window"), "window");
    data.window = static_cast<std::size_t>(std::max<std::int64_t>(window, 0));
    if (info.contains("modes_every")) {
      const std::int64_t every = whole(path, info["modes_every"], "modes_every");
      data.modes_every = static_cast<std::size_t>(std::max<std::int64_t>(every, 1));
    }
    data.burn_in = whole(path, info.at("alarm").at("burn_in"), "burn_in");
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
    throw DataError(path.string() + ": is not a run.json of premelt: " + error.what());
  }
  if (data.window < 1)
    throw DataError(path.string() + ": the window is " + info.at("window").dump() +
                    " recordings, expected at least 1");
  if (data.probe_names.empty() || data.probe_names.size() != data.probe_blocks.size())
    throw DataError(path.string() + ": names " + std::to_string(data.probe_names.size()) + " probes and " +
                    std::to_string(data.probe_blocks.size()) + " blocks of probes, expected as many of both");
  return data;
}

/// Losses, modes and tables stay where they are; attention patterns are read at once.
void check_memory(const fs::path& directory) {
  std::error_code missing;
  const auto size = fs::file_size(directory / "attention.npy", missing);
  if (!missing) require_memory(3 * static_cast<double>(size), "the report of " + directory.string());
}

}  // namespace

Json read_json(const fs::path& path) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable))
    throw DataError(path.string() + ": is missing; expected a directory made by `premelt run` or `analyze`");
  const Json json = Json::parse(read_file(path, "a .json file"), nullptr, false);
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

Recordings read_recordings(const fs::path& directory) {
  const fs::path steps_file = directory / "steps.npy", losses_file = directory / "losses.npy";
  const auto steps = read_npy<std::int64_t>(steps_file);
  const NpyRows losses(losses_file);
  check_shape(steps_file, steps.shape(), Shape{0}, "(T): one step a recording");
  check_shape(losses_file, losses.shape(), Shape{0, 0}, "(T,n): one row a recording, one column a probe");
  check_increasing(steps_file, steps);
  const std::size_t recordings = std::min(steps.size(), losses.shape()[0]);
  return {first_rows(steps, recordings), losses.first(recordings)};
}

report::ReportData read_run_directory(const fs::path& directory) {
  check_memory(directory);
  report::ReportData data = read_names(directory);
  Recordings recordings = read_recordings(directory);
  data.steps = std::move(recordings.steps);
  data.losses = std::move(recordings.losses);
  const std::size_t n = data.probe_names.size();
  check_shape(directory / "losses.npy", data.losses.shape(), Shape{0, n},
              "(T," + std::to_string(n) + "), as run.json names " + std::to_string(n) + " probes");
  if (data.losses.empty())
    throw DataError((directory / "losses.npy").string() +
                    ": holds no recordings, so there is nothing to draw");
  data.modes = NpyRows(directory / "modes.npy");
  check_shape(directory / "modes.npy", data.modes.shape(), Shape{0, 0, n},
              "(windows,modes," + std::to_string(n) + ")");
  data.signals = read_table(directory / "signals.csv");
  check_signals(directory / "signals.csv", data);
  std::error_code unreadable;
  if (fs::exists(directory / "order.csv", unreadable)) data.order = read_table(directory / "order.csv");
  cut_to_common_length(data);
  if (data.steps.size() == 0) throw DataError(directory.string() + ": holds no recording: nothing to draw");
  data.null.random_walk_pr = random_walk_participation_ratio(data.losses, data.window);
  return data;
}

fs::path write_run_report(const fs::path& directory) {
  const fs::path path = directory / "report.html";
  report::write_report(read_run_directory(directory), path);
  return path;
}

}  // namespace premelt::cli
