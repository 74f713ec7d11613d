#include "rdm/window/recorded_run.hpp"

#include <algorithm>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "rdm/window/stored_window.hpp"

namespace premelt {

namespace {

void require(bool fits, const std::string& what, const std::string& found, const std::string& expected) {
  if (!fits) throw ShapeError("[recorded_run] " + what + ": " + found + ", expected " + expected);
}

void check_table(const Table& table, const std::string& what, std::size_t rows) {
  const Shape expected{rows, table.columns.size()};
  require(table.values.shape() == expected, what, to_string(table.values.shape()), to_string(expected));
}

}  // namespace

void check_shapes(const RecordedRun& run) {
  require(run.losses.rank() == 2 && run.losses.size() > 0, "losses", to_string(run.losses.shape()),
          "(recordings, probes), neither 0");
  const std::size_t recordings = run.losses.shape()[0], n = run.losses.shape()[1];
  require(run.steps.shape() == Shape{recordings}, "steps", to_string(run.steps.shape()),
          to_string(Shape{recordings}));
  require(run.window >= 1, "window", "0", "at least 1");
  if (!run.order.columns.empty()) check_table(run.order, "order parameters", recordings);
  if (run.signals.columns.empty()) return;
  const std::size_t rows = row_count(run.signals);
  check_table(run.signals, "signals", rows);
  require(find_column(run.signals, "step") < run.signals.columns.size(), "signals", "no column `step`",
          "one");
  if (run.modes.empty()) return;
  const Shape& modes = run.modes.shape();
  require(modes.rank() == 3 && modes[0] == rows && modes[2] == n, "modes", to_string(modes),
          to_string(Shape{rows, 1, n}) + " or more modes");
}

std::int64_t step_at(const RecordedRun& run, std::size_t row) {
  return std::llround(run.signals.values(row, find_column(run.signals, "step")));
}

std::size_t row_at(const RecordedRun& run, double step) {
  const std::size_t column = find_column(run.signals, "step");
  std::size_t first = 0, last = row_count(run.signals);
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (run.signals.values(middle, column) < step) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

std::size_t last_recording(const RecordedRun& run, std::size_t row) {
  const std::int64_t step = step_at(run, row);
  const auto steps = run.steps.flat();
  const auto found = std::ranges::lower_bound(steps, step);
  if (found == steps.end() || *found != step) {
    throw ShapeError("[recorded_run] signals: step " + std::to_string(step) +
                     " is not among the recorded steps");
  }
  const auto last = static_cast<std::size_t>(found - steps.begin());
  if (last + 1 >= run.window) return last;
  throw ShapeError("[recorded_run] signals: step " + std::to_string(step) +
                   " has fewer recordings before it than the window of " + std::to_string(run.window));
}

std::size_t first_recording(const RecordedRun& run, std::size_t row) {
  return last_recording(run, row) + 1 - run.window;
}

std::optional<std::size_t> highest_row(const RecordedRun& run, const std::string& column, std::size_t begin,
                                       std::size_t end) {
  const std::size_t at = find_column(run.signals, column);
  std::optional<std::size_t> highest;
  if (at == run.signals.columns.size()) return highest;
  double most = 0;
  for (std::size_t row = begin; row < end; ++row) {
    const double value = run.signals.values(row, at);
    if (!std::isfinite(value) || (highest && value <= most)) continue;
    highest = row;
    most = value;
  }
  return highest;
}

std::size_t mode_row(const RecordedRun& run, std::size_t row) {
  return std::isnan(run.modes(row, 0, 0)) ? row - row % run.modes_every : row;
}

std::vector<double> top_mode(const RecordedRun& run, std::size_t row) {
  if (run.modes.empty()) return {};
  const std::size_t at = mode_row(run, row);
  std::vector<double> mode(run.modes.shape()[2]);
  for (std::size_t probe = 0; probe < mode.size(); ++probe) mode[probe] = run.modes(at, 0, probe);
  return mode;
}

std::vector<double> top_mode_shares(const RecordedRun& run, std::size_t row, const Blocks& blocks) {
  if (run.modes.empty()) return {};
  return mode_shares(top_mode(run, row), blocks);
}

BlockCourse block_course(const RecordedRun& run, const Blocks& blocks, std::size_t most) {
  BlockCourse course;
  const std::size_t rows = row_count(run.signals), shown = std::min(rows, most);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t row = even_row(i, shown, rows);
    course.steps.push_back(step_at(run, row));
    course.energy.push_back(window_energy_shares(run.losses, last_recording(run, row), run.window, blocks));
    course.mass.push_back(top_mode_shares(run, row, blocks));
  }
  return course;
}

std::size_t even_row(std::size_t i, std::size_t shown, std::size_t count) {
  return shown == 1 ? 0 : i * (count - 1) / (shown - 1);
}

}  // namespace premelt
