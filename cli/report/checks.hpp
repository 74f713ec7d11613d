#pragma once

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// Throws ShapeError, naming the array and what was expected, when the arrays of the run do not fit together,
/// or names and attention patterns do not fit them.
void check_names(const ReportData& data);

}  // namespace premelt::report
