#pragma once
/// Probe losses recorded by any training program: T recordings of n per-sample losses.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/io/loss_columns.hpp"

namespace premelt {

/// What a file of losses holds.
struct LossTable {
  Tensor<double> losses;                            ///< (T,n)
  std::vector<std::int64_t> steps;                  ///< T, increasing; 0,1,2,... when the file holds none
  std::vector<std::string> probes;                  ///< n names; "0","1",... when the file holds none
  std::string steps_from = "steps counted from 0";  ///< for people: "steps from column 1 'step'"
};

/// Reads, by the file's ending,
///  - .npy: numbers of any type (engine/io/npy.hpp) of shape (T,n), C or Fortran order;
///  - .npz (not compressed) and .safetensors: the array `losses` (T,n), or the only one, and `steps` (T);
///  - .csv: with or without header and column of steps (rdm/io/loss_columns.hpp);
///  - .jsonl: one recording a line, `[1.2, 0.7, ...]` or `{"step": 10, "losses": [...]}`.
/// Throws DataError naming file, row and column and what was expected: unreadable or empty file, ragged row,
/// non-numeric cell, NaN or infinity, steps that do not increase.
LossTable read_losses(const std::filesystem::path& path, StepColumn steps = StepColumn::find);

/// The same from bytes without an ending, as a pipe gives them: .npy and .npz are known by their first bytes,
/// anything else is lines, as `premelt watch` takes them. `source` names them in errors.
LossTable parse_losses(const std::string& source, std::string_view bytes,
                       StepColumn steps = StepColumn::find);

/// The steps of T recordings, from .npy (int64) or .csv (rdm/io/loss_columns.hpp). Throws DataError as above,
/// also when their number is not `recordings`.
std::vector<std::int64_t> read_steps(const std::filesystem::path& path, std::size_t recordings);

/// The block of each probe, from a CSV `probe,block`. Probes are named as in `probes` or by index.
/// Throws DataError when a probe is unknown, named twice, or missing.
std::vector<std::string> read_blocks(const std::filesystem::path& path,
                                     const std::vector<std::string>& probes);

}  // namespace premelt
