#pragma once
/// --baseline A:B: the alarm's threshold from a stretch of steps in which nothing happened.

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "rdm/window/event.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt::cli {

/// Steps, inclusive.
using StepRange = std::pair<std::int64_t, std::int64_t>;

/// Throws DataError when the recordings inside a baseline do not fill a window.
void check_baseline(StepRange steps, std::size_t recordings, std::size_t window);

/// Takes recordings, of which those inside the baseline count.
class Baseline {
 public:
  /// `options`: those of the monitor that the threshold is for.
  Baseline(const MonitorOptions& options, StepRange steps);

  /// Throws as Monitor::push.
  void push(std::int64_t step, std::span<const double> losses);

  /// No later recording counts.
  bool over(std::int64_t step) const { return step > steps_.second; }

  /// The alarm's factor times the largest statistic of all windows inside the baseline. Throws DataError when
  /// there is none.
  double threshold() const;

 private:
  StepRange steps_;
  Monitor monitor_;
  std::size_t column_, window_, recordings_ = 0;
  double factor_, largest_ = 0;
};

/// "threshold 5.3e-05, exceeded by a factor of 1.65"; no factor above a threshold of zero.
std::string margin_text(const Event& alarm);

}  // namespace premelt::cli
