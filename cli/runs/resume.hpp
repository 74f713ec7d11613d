#pragma once
/// `premelt run --resume`: what an interrupted run left behind, read back and checked. Nothing here writes.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cli/runs/plan.hpp"
#include "engine/tensor/tensor.hpp"
#include "engine/train/checkpoint.hpp"
#include "rdm/io/recording.hpp"

namespace premelt::cli {

struct InterruptedRun {
  Checkpoint checkpoint;                                      ///< the newest
  std::vector<std::int64_t> steps;                            ///< T recordings, up to the checkpoint
  Tensor<double> losses;                                      ///< (T,n)
  Tensor<double> order;                                       ///< (T, order parameters)
  Tensor<double> training;                                    ///< (T, training columns)
  std::int64_t attention_every = 1;                           ///< steps between those that are kept
  std::vector<std::int64_t> attention_steps;                  ///< the recordings with attention patterns
  Tensor<double> attention;                                   ///< (their number, the shape of the patterns)
  std::vector<std::pair<std::int64_t, std::string>> samples;  ///< step and line; none where none were made

  /// Windows into the tensors.
  std::vector<Recording> recordings() const;
};

/// Throws DataError naming the file and what to do when there is no checkpoint, the newest is damaged or of
/// another run, or a recording before it is missing.
InterruptedRun read_interrupted_run(const std::filesystem::path& directory, const Plan& plan,
                                    const RunWriter::Layout& layout);

}  // namespace premelt::cli
