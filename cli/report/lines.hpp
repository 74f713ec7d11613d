#pragma once
/// The lines of the charts, thinned to what a screen can show.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/report/probe_layout.hpp"
#include "cli/report/report_data.hpp"

namespace premelt::report {

constexpr std::size_t max_line_points = 1500;

/// One line of a chart. NaN in `y` is a gap.
struct Line {
  std::string name;
  std::size_t block = 0;  ///< of a probe or a block mean
  std::vector<double> x;
  std::vector<double> y;
};

/// Keeps at most `max_points` points: the lowest and the highest of each stretch, and both ends. A stretch
/// without any finite value keeps one gap.
Line thin(const Line& line, std::size_t max_points = max_line_points);

/// The losses of at most 64 probes spread evenly over the blocks, sharing `total_points` points.
std::vector<Line> probe_lines(const ReportData& data, const ProbeLayout& layout, std::size_t total_points);

/// The mean loss of all probes ("all probes"), then, when there are several blocks, of each block.
std::vector<Line> mean_lines(const ReportData& data, const ProbeLayout& layout);

/// One line an order parameter.
std::vector<Line> order_lines(const ReportData& data);

/// The signal `prefix` and its variants: `shc` is called "raw", `shc_detrended` "detrended", `shc_log_test`
/// "log test".
std::vector<Line> signal_lines(const ReportData& data, std::string_view prefix);

}  // namespace premelt::report
