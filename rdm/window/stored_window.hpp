#pragma once
/// Single windows of losses that are stored whole, as a report looks them up: nothing slides. (theory §2)

#include <cstddef>
#include <vector>

#include "engine/io/npy_rows.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/blocks.hpp"

namespace premelt {

/// Covariance (divisor W) of the groups' mean losses over recordings last-W+1 .. last of `losses` (T,n): the
/// mean of the probes' covariances within each pair of groups. Returns (groups, groups). Throws ShapeError
/// when the window does not lie inside the run.
Tensor<double> window_covariance(const NpyRows& losses, std::size_t last, std::size_t window,
                                 const std::vector<std::vector<std::size_t>>& groups);

/// tr(C_bb)/tr C for each block (B) of that window. NaN where C = 0. Throws ShapeError as above.
std::vector<double> window_energy_shares(const NpyRows& losses, std::size_t last, std::size_t window,
                                         const Blocks& blocks);

/// The mean of the entries of each group of a vector over probes.
std::vector<double> group_means(const std::vector<double>& values,
                                const std::vector<std::vector<std::size_t>>& groups);

}  // namespace premelt
