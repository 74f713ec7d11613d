#include "cli/runs/run_directory.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/report/report.hpp"
#include "cli/runs/run_info.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/table.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "rdm/io/run_writer.hpp"
#include "rdm/window/null.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

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

/// The patterns whose names run.json holds; a killed run may have written more of one file than of the other.
void read_attention(const fs::path& directory, report::AttentionCourse& course) {
  const std::size_t heads = course.heads.size(), probes = course.probes.size(),
                    positions = course.tokens.front().size();
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
}

/// Losses, modes and tables stay where they are; attention patterns are read at once.
void check_memory(const fs::path& directory) {
  std::error_code missing;
  const auto size = fs::file_size(directory / "attention.npy", missing);
  if (!missing) require_memory(3 * static_cast<double>(size), "the report of " + directory.string());
}

}  // namespace

std::vector<Event> read_events(const fs::path& directory) {
  const fs::path path = directory / "events.json";
  try {
    return events_from_json(read_json(path));
  } catch (const nlohmann::json::exception& error) {
    throw DataError(path.string() + ": is not an events.json of premelt: " + error.what());
  }
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
  report::ReportData data = read_run_info(directory / "run.json");
  data.marks = read_events(directory);
  if (!data.attention.heads.empty()) read_attention(directory, data.attention);
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

fs::path write_run_report(const fs::path& directory, const fs::path& second) {
  const std::string name = fs::weakly_canonical(second).filename().string();
  const report::ReportData over = read_run_directory(second);
  const fs::path path = directory / ("report-with-" + name + ".html");
  report::write_report(read_run_directory(directory), path, report::SecondRun{over, name});
  return path;
}

}  // namespace premelt::cli
