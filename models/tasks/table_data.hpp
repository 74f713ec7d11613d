#pragma once
/// A real table as a regression task: numeric inputs, numeric or categorical targets.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A table, ready to be learnt.
struct TableData {
  Tensor<double> inputs;   ///< (N,d_in), standardised; whitened when asked
  Tensor<double> targets;  ///< (N,d_out), standardised; a categorical column becomes one column a class
  std::vector<std::string> classes;  ///< N: class of the first categorical target, or empty

  std::size_t rows() const { return inputs.shape()[0]; }  ///< N
  /// Σ_yx = YᵀX/N (d_out,d_in): with whitened inputs its singular triples are the modes to be learnt.
  Tensor<double> correlation() const;
};

/// Reads a CSV with a header; `targets` are column names separated by commas, all other columns are inputs.
/// `whiten` rotates and scales the inputs to Σ_x = I exactly, dropping directions without variance.
/// Throws DataError naming file, line and column: unknown target, non-numeric input, NaN or infinity, a
/// constant column, fewer than 3 rows, no input left.
TableData read_table(const std::filesystem::path& path, const std::string& targets, bool whiten);

}  // namespace premelt
