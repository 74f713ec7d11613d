#pragma once
/// What the live view of a run draws: the signals, and the order parameters that its events are told from.

#include <string>
#include <vector>

#include "cli/terminal/sparklines.hpp"
#include "models/experiment/setting.hpp"
#include "rdm/io/recording.hpp"

namespace premelt::cli {

class Course {
 public:
  /// Of a run of that many steps.
  Course(const Experiment& experiment, std::int64_t steps);

  void recorded(const Recording& recording);
  void observed(std::int64_t step, double shc, double pr);
  /// Alarms, and events when they are half-way, are marked.
  void happened(const Event& event);

  const Sparklines& sparklines() const { return sparklines_; }

 private:
  std::vector<std::size_t> order_;  ///< columns of the order parameters shown
  Sparklines sparklines_;
};

}  // namespace premelt::cli
