#pragma once
/// An event's order parameter as it forms, beside what the losses show of it.

#include <cstdint>
#include <string>
#include <vector>

#include "cli/report/report_data.hpp"
#include "cli/report/summary.hpp"

namespace premelt::report {

constexpr std::size_t max_formation_points = 400;

/// The full windows around one transition: from three times as far before its half-way step as its 10 % step
/// lies to twice as far behind it as its 90 % step, but not past the middle between it and its neighbours.
struct Formation {
  std::string event;
  std::string order;                  ///< name of the order parameter
  std::vector<std::int64_t> steps;    ///< of the windows' newest recordings
  std::vector<double> value;          ///< the order parameter there
  std::vector<double> shc;            ///< raw SHC
  std::vector<double> shc_detrended;  ///< empty without such a column
  std::vector<double> drop;           ///< mean loss at the window's first recording less that at its last
};

/// One for each transition that was half-way and whose order parameter is known.
std::vector<Formation> formations(const ReportData& data, const std::vector<Transition>& transitions);

}  // namespace premelt::report
