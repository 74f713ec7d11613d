#pragma once
/// C(t) as the report shows it: the covariance of the probes' losses over the last W recordings.

#include <cstddef>
#include <vector>

#include "cli/report/probe_layout.hpp"
#include "engine/io/npy_rows.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt::report {

/// Covariance (divisor W) of the cells' mean losses over recordings last-W+1 .. last of `losses` (T,n): the
/// mean of the probes' covariances within each pair of cells. Returns (cells, cells). Throws ShapeError when
/// the window does not lie inside the run.
Tensor<double> window_covariance(const NpyRows& losses, std::size_t last, std::size_t window,
                                 const std::vector<Cell>& cells);

}  // namespace premelt::report
