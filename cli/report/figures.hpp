#pragma once
/// The charts of the report as SVG files, drawn by gnuplot: for documents and slides.

#include <filesystem>
#include <vector>

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// Writes losses, order (when there are order parameters), shc, pr, trace, covariance and eigenvector (both
/// at the highest SHC) as `<dir>/<name>.svg`; makes `dir` when it is missing. Returns the files written.
/// Throws DataError when gnuplot is not installed or fails or `dir` cannot be written, ShapeError when the
/// arrays of `data` do not fit together.
std::vector<std::filesystem::path> write_figures(const ReportData& data, const std::filesystem::path& dir);

}  // namespace premelt::report
