#pragma once
/// How the blocks of probes share the movement, over the steps of a run.

#include <cstdint>
#include <vector>

#include "cli/report/probe_layout.hpp"
#include "cli/report/report_data.hpp"

namespace premelt::report {

constexpr std::size_t max_block_rows = 300;

/// Of at most `max_block_rows` full windows, evenly from the first to the last.
struct BlockCourse {
  std::vector<std::int64_t> steps;
  std::vector<std::vector<double>> energy;  ///< (rows, blocks) tr(C_bb)/tr C; NaN where C = 0
  std::vector<std::vector<double>> mass;  ///< (rows, blocks) Σ v1_i² over the block; without modes empty rows
};

/// Throws ShapeError when a row's step was not recorded or has no full window before it.
BlockCourse block_course(const ReportData& data, const ProbeLayout& layout);

}  // namespace premelt::report
