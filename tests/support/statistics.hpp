#pragma once
/// What tests over many seeds count and print.

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/collected_run.hpp"

namespace premelt::test {

/// A step that did not come: every comparison with it is false.
inline constexpr double never = std::numeric_limits<double>::quiet_NaN();

/// The mean of the two middle values for an even number; NaN of nothing, and where a NaN is among them.
double median(std::vector<double> values);

/// "median [least, largest]"; of the values that are not NaN, with the number of those that are.
std::string range(const std::vector<double>& values);

/// Processor seconds that `work` takes.
double processor_seconds(const std::function<void()>& work);

/// Processor seconds of SHC, PR and trace, raw and detrended, at every recording of `run`: a window of W
/// recordings, no eigenvector.
double signal_seconds(const CollectedRun& run, std::size_t window);
/// Processor seconds of a monitor that reads all recordings of `run`, eigenvectors included.
double monitor_seconds(const CollectedRun& run, const MonitorOptions& options);

/// The first alarm of the losses of `run` under `options`, NaN when there is none.
double first_alarm(const CollectedRun& run, const MonitorOptions& options);

/// How a detector's first alarm lies to the 10 % and 50 % steps of a transition, counted over seeds.
struct Timeliness {
  int runs = 0, before_10 = 0, before_50 = 0;
  std::vector<double> leads;  ///< from the alarm to 50 %, of the runs with an alarm before it

  void add(double alarm, double t10, double t50);
  std::string text() const;
};

}  // namespace premelt::test
