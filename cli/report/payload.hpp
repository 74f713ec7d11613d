#pragma once

#include <optional>
#include <string>

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// Everything the page draws, as one JSON object. Charts need six digits, so numbers carry six; NaN and
/// infinities are null. Frame matrices are float32 in base64: the upper triangle by rows, divided by `scale`.
/// Throws ShapeError when the arrays of `data` do not fit together, DataError when the provenance is not a
/// JSON object.
std::string payload(const ReportData& data, const std::optional<SecondRun>& second = {});

}  // namespace premelt::report
