#include "cli/runs/resume.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/table.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "models/experiment/checkpoints.hpp"
#include "models/experiment/run.hpp"

namespace premelt::cli {

namespace {

namespace fs = std::filesystem;

Checkpoint newest_checkpoint(const fs::path& directory, const Plan& plan) {
  const auto found = find_checkpoints(directory);
  if (found.empty()) {
    throw DataError(directory.string() + ": holds no checkpoint to continue from; `premelt run --config " +
                    (directory / "run.json").string() + "` starts this run again");
  }
  const auto newest = std::prev(found.end());
  try {
    return read_run_checkpoint(newest->second, plan.setting->name, plan.parameters);
  } catch (const DataError& error) {
    if (newest == found.begin()) throw;
    throw DataError(std::string(error.what()) + "; delete this file to continue from the one before, " +
                    std::prev(newest)->second.filename().string());
  }
}

[[noreturn]] void wrong_step(const fs::path& path, std::size_t row, double found, std::int64_t expected) {
  throw DataError(path.string() + ": recording " + std::to_string(row) + " is of step " +
                  format_number(found) + ", expected step " + std::to_string(expected));
}

std::vector<std::int64_t> read_steps(const fs::path& path, std::size_t rows, std::int64_t every) {
  const Indices stored = read_npy_rows<std::int64_t>(path, rows);
  std::vector<std::int64_t> steps(stored.flat().begin(), stored.flat().end());
  for (std::size_t i = 0; i < rows; ++i) {
    const std::int64_t expected = static_cast<std::int64_t>(i) * every;
    if (steps[i] != expected) wrong_step(path, i, static_cast<double>(steps[i]), expected);
  }
  return steps;
}

/// The values (T, columns) beside the column `step`. What a killed program wrote behind them is not read.
Tensor<double> read_values(const fs::path& path, const std::vector<std::string>& columns,
                           const std::vector<std::int64_t>& steps) {
  Tensor<double> values(Shape{steps.size(), columns.size()});
  if (columns.empty()) return values;
  const Table table = read_table(path, steps.size());
  std::vector<std::string> header{"step"};
  header.insert(header.end(), columns.begin(), columns.end());
  if (table.columns != header) throw DataError(path.string() + ":1: has other columns than this setting");
  if (row_count(table) != steps.size()) {
    throw DataError(path.string() + ": holds " + std::to_string(row_count(table)) + " recordings, expected " +
                    std::to_string(steps.size()));
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double step = table.values(i, 0);
    if (step != static_cast<double>(steps[i])) wrong_step(path, i, step, steps[i]);
    for (std::size_t j = 0; j < columns.size(); ++j) values(i, j) = table.values(i, j + 1);
  }
  return values;
}

/// A run that diverged kept no recording of it: a loss that is not finite is damage.
void check_losses(const fs::path& path, const InterruptedRun& run) {
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    for (const double loss : run.losses.row(i)) {
      if (std::abs(loss) <= largest_loss) continue;
      throw DataError(
          path.string() + ": is damaged: at step " + std::to_string(run.steps[i]) + " it holds the loss " +
          format_number(loss) +
          ", which the run cannot have recorded; delete the checkpoints from there on to continue "
          "from an earlier one");
    }
  }
}

/// The attention patterns up to the checkpoint. What a killed program wrote behind them is not read.
void read_attention(const fs::path& directory, const Shape& shape, InterruptedRun& run) {
  const fs::path steps_path = directory / "attention_steps.npy";
  const auto stored = read_npy<std::int64_t>(steps_path);
  const auto end = std::ranges::upper_bound(stored.flat(), run.steps.back());
  run.attention_steps.assign(stored.flat().begin(), end);
  for (std::int64_t step = 0; step <= run.steps.back(); step += run.attention_every) {
    if (std::ranges::binary_search(run.attention_steps, step)) continue;
    throw DataError(steps_path.string() + ": holds no step " + std::to_string(step) +
                    ", at which this run records attention patterns");
  }
  const fs::path path = directory / "attention.npy";
  run.attention = read_npy_rows<double>(path, run.attention_steps.size());
  Shape expected{run.attention_steps.size()};
  for (const std::size_t extent : shape) expected.push_back(extent);
  if (run.attention.shape() != expected) {
    throw DataError(path.string() + ": holds patterns of shape " + to_string(run.attention.shape()) +
                    ", expected " + to_string(expected));
  }
}

/// The samples up to the checkpoint's step. What a killed program wrote behind them is not read.
std::vector<std::pair<std::int64_t, std::string>> read_samples(const fs::path& path, std::int64_t last) {
  std::vector<std::pair<std::int64_t, std::string>> samples;
  if (!fs::exists(path)) return samples;
  std::istringstream text(read_file(path, "the samples of a run"));
  for (std::string line; std::getline(text, line) && !text.eof();) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    const auto step = parse_number(line.substr(0, tab));
    if (!step || tab == line.size()) {
      throw DataError(path.string() + ": line " + std::to_string(samples.size() + 1) +
                      " is no sample; expected a step, a tab and a text");
    }
    if (*step > static_cast<double>(last)) break;
    samples.emplace_back(static_cast<std::int64_t>(*step), line.substr(tab + 1));
  }
  return samples;
}

}  // namespace

std::vector<Recording> InterruptedRun::recordings() const {
  std::vector<Recording> result;
  const auto patterns = [&](std::int64_t step) -> std::span<const double> {
    const auto found = std::ranges::lower_bound(attention_steps, step);
    if (found == attention_steps.end() || *found != step || step % attention_every != 0) return {};
    const std::size_t width = attention.size() / attention_steps.size();
    return attention.flat().subspan(static_cast<std::size_t>(found - attention_steps.begin()) * width, width);
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    result.push_back({steps[i], losses.row(i), order.row(i), training.row(i), patterns(steps[i])});
  }
  return result;
}

InterruptedRun read_interrupted_run(const fs::path& directory, const Plan& plan,
                                    const RunWriter::Layout& layout) {
  InterruptedRun run;
  run.checkpoint = newest_checkpoint(directory, plan);
  const std::int64_t every = plan.parameters.integer("every");
  const auto rows = static_cast<std::size_t>(run.checkpoint.step / every) + 1;
  run.steps = read_steps(directory / "steps.npy", rows, every);
  run.losses = read_npy_rows<double>(directory / "losses.npy", rows);
  if (run.losses.shape() != Shape{rows, layout.probes}) {
    throw DataError((directory / "losses.npy").string() + ": holds recordings of shape " +
                    to_string(run.losses.shape()) + ", expected " + to_string(Shape{rows, layout.probes}));
  }
  check_losses(directory / "losses.npy", run);
  run.order = read_values(directory / "order.csv", layout.order, run.steps);
  run.training = read_values(directory / "training.csv", layout.training, run.steps);
  run.attention_every = run_plan(plan.parameters).attention_every;
  if (layout.attention.rank() > 0) read_attention(directory, layout.attention, run);
  run.samples = read_samples(directory / "samples.txt", run.checkpoint.step);
  verify_recordings(directory, run.checkpoint);
  return run;
}

}  // namespace premelt::cli
