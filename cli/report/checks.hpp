#pragma once

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// Throws ShapeError, naming the array and what was expected, when the arrays of `data` do not fit together.
void check_shapes(const ReportData& data);

}  // namespace premelt::report
