#pragma once
/// What lies behind an alarm, in plain words: a drift, more than a drift, or dust.

#include <string>

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// The window at whose end an alarm was raised. NaN where a number cannot be had. (ours)
struct AlarmVerdict {
  double fall =
      undefined;  ///< of the mean loss from the window's first recording to its last, over the first
  /// Detrended SHC over its median since the alarm before (or burn-in), up to a window before this one.
  double detrended_rise = undefined;
  double movement =
      undefined;  ///< the probes' rms change √(tr C/n) over the fall of the mean loss in the whole run

  bool dust() const;         ///< the losses move by less than 1/10 000 of what they fell in the run
  bool drift() const;        ///< not dust, and detrended SHC rose less than tenfold: it was a slope
  std::string kind() const;  ///< "dust", "mere drift" or ""
  std::string words() const;
};

/// The window at row `row` of the signals; `previous_row`: that of the alarm before, 0 for none.
AlarmVerdict judge_alarm(const ReportData& data, std::size_t row, std::size_t previous_row);

}  // namespace premelt::report
