#pragma once
/// A run that lies in files, as a report looks it up: its recordings, the signals of its full windows, and
/// what happened.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/npy_rows.hpp"
#include "engine/io/table.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/blocks.hpp"
#include "rdm/window/event.hpp"

namespace premelt {

/// What the recordings say. Rows of `signals` are full windows, each stamped at its newest recording.
struct RecordedRun {
  Tensor<std::int64_t> steps;   ///< (T), increasing
  NpyRows losses;               ///< (T,n)
  Table order;                  ///< T rows of order parameters, or empty; a column named `step` is ignored
  Table signals;                ///< `step` and the signals of every full window, or empty
  NpyRows modes;                ///< (rows of signals, modes, n), or empty
  std::size_t modes_every = 1;  ///< of every so many rows the first has modes; the others may be NaN
  std::size_t window = 0;       ///< W, in recordings
  std::int64_t burn_in = 0;     ///< first step that counts; before it losses fall fast in any run
  std::vector<Event> marks;     ///< alarms and events in any order; an event once for each level, `mode1_50`
};

/// Throws ShapeError, naming the array and what was expected, when the arrays of a run do not fit together.
void check_shapes(const RecordedRun& run);

/// The step of a row of signals.
std::int64_t step_at(const RecordedRun& run, std::size_t row);
/// The first row of signals whose step is at least `step`; the number of rows when there is none.
std::size_t row_at(const RecordedRun& run, double step);

/// @{
/// The recordings of the window of a row of signals: the oldest and the newest. Throws ShapeError when the
/// row's step was not recorded or has no full window before it.
std::size_t first_recording(const RecordedRun& run, std::size_t row);
std::size_t last_recording(const RecordedRun& run, std::size_t row);
/// @}

/// The row of signals in [begin, end) where `column` is highest, the first of them; nothing when no value
/// there is finite, or there is no such column.
std::optional<std::size_t> highest_row(const RecordedRun& run, const std::string& column, std::size_t begin,
                                       std::size_t end);

/// The row whose modes stand for a row of signals: its own, or the last that was due before it where
/// eigenvectors were computed at every k-th row only.
std::size_t mode_row(const RecordedRun& run, std::size_t row);
/// The top eigenvector (n) that stands for a row of signals; empty without modes.
std::vector<double> top_mode(const RecordedRun& run, std::size_t row);
/// Share of each block (B) in it: Σ v1_i² over its probes. Empty without modes.
std::vector<double> top_mode_shares(const RecordedRun& run, std::size_t row, const Blocks& blocks);

/// How the blocks of probes share the movement, over the steps of a run.
struct BlockCourse {
  std::vector<std::int64_t> steps;          ///< of the windows' newest recordings
  std::vector<std::vector<double>> energy;  ///< (rows,B) tr(C_bb)/tr C; NaN where C = 0
  std::vector<std::vector<double>> mass;    ///< (rows,B) Σ v1_i² over the block; without modes empty rows
};

/// Of at most `most` full windows, evenly from the first to the last. Throws ShapeError when a row's step was
/// not recorded or has no full window before it.
BlockCourse block_course(const RecordedRun& run, const Blocks& blocks, std::size_t most);

/// The i-th of `shown` rows that lie evenly among `count`, from the first to the last.
std::size_t even_row(std::size_t i, std::size_t shown, std::size_t count);

}  // namespace premelt
