#include "cli/report/block_course.hpp"

#include <algorithm>

#include "cli/report/frames.hpp"
#include "cli/report/lines.hpp"
#include "cli/report/summary.hpp"

namespace premelt::report {
namespace {

/// Variance of one probe's losses over the W recordings from `first` on (divisor W), from differences to the
/// first of them: they keep the digits of a small change on a large loss.
double variance(const ReportData& data, std::size_t first, std::size_t probe) {
  const auto count = static_cast<double>(data.window);
  double sum = 0, squares = 0;
  for (std::size_t t = first; t < first + data.window; ++t) {
    const double change = data.losses(t, probe) - data.losses(first, probe);
    sum += change;
    squares += change * change;
  }
  return std::max(0.0, squares / count - sum * sum / (count * count));
}

std::vector<double> energy_shares(const ReportData& data, const ProbeLayout& layout, std::size_t first) {
  std::vector<double> shares(layout.blocks.size());
  double trace = 0;
  for (std::size_t probe = 0; probe < layout.block_of.size(); ++probe) {
    const double energy = variance(data, first, probe);
    shares[layout.block_of[probe]] += energy;
    trace += energy;
  }
  for (double& share : shares) share /= trace;
  return shares;
}

}  // namespace

BlockCourse block_course(const ReportData& data, const ProbeLayout& layout) {
  BlockCourse course;
  const std::size_t rows = row_count(data.signals), shown = std::min(rows, max_block_rows);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t row = shown == 1 ? 0 : i * (rows - 1) / (shown - 1);
    course.steps.push_back(step_at(data, row));
    course.energy.push_back(energy_shares(data, layout, first_recording(data, row)));
    course.mass.push_back(block_mass(data, layout, row));
  }
  return course;
}

}  // namespace premelt::report
