#include "cli/report/block_course.hpp"

#include <algorithm>

#include "cli/report/frames.hpp"
#include "cli/report/lines.hpp"
#include "cli/report/summary.hpp"
#include "rdm/window/stored_window.hpp"

namespace premelt::report {

BlockCourse block_course(const ReportData& data, const ProbeLayout& layout) {
  BlockCourse course;
  const std::size_t rows = row_count(data.signals), shown = std::min(rows, max_block_rows);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t row = shown == 1 ? 0 : i * (rows - 1) / (shown - 1);
    course.steps.push_back(step_at(data, row));
    course.energy.push_back(window_energy_shares(data.losses, first_recording(data, row) + data.window - 1,
                                                 data.window, layout.partition()));
    course.mass.push_back(block_mass(data, layout, row));
  }
  return course;
}

}  // namespace premelt::report
