#pragma once
/// The positions of the page's step slider, and what the matrix and the eigenvector show there.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/report/probe_layout.hpp"
#include "cli/report/report_data.hpp"
#include "rdm/window/transition.hpp"

namespace premelt::report {

constexpr std::size_t max_frames = 100;

/// A slider position: a row of signals, and why it is worth a stop (empty for an evenly spaced one).
struct Stop {
  std::size_t row = 0;
  std::string label;
};

/// At most `max_frames` stops in order of their steps: the SHC maxima, the alarms and the events, filled up
/// evenly from the first window to the last.
std::vector<Stop> slider_stops(const ReportData& data, const std::vector<Transition>& transitions,
                               const std::vector<AlarmPeak>& alarms);

struct Frame {
  std::int64_t first = 0;     ///< the window's first step
  std::int64_t step = 0;      ///< its last
  Tensor<double> covariance;  ///< (cells, cells)
  std::vector<double> mode;   ///< (cells) mean entry of the top eigenvector; empty without modes
  std::vector<double> mass;   ///< (blocks) its mass in each block
};

/// Throws ShapeError when the row's step was not recorded or has no full window before it.
Frame make_frame(const ReportData& data, const ProbeLayout& layout, std::size_t row);

}  // namespace premelt::report
