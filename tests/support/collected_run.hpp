#pragma once
/// A whole run kept in memory, for tests that look at its curves.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/experiment/run.hpp"

namespace premelt::test {

struct CollectedRun {
  std::vector<std::int64_t> recorded_steps;            ///< T
  std::map<std::string, std::vector<double>> order;    ///< T values each
  std::vector<std::int64_t> observed_steps;            ///< one a full window
  std::map<std::string, std::vector<double>> signals;  ///< by column
  std::vector<std::vector<double>> top_modes;          ///< v_1 (n) of each full window
  std::vector<std::vector<double>> losses;             ///< (T,n)
  std::vector<Event> events;

  /// First recording from which the order parameter is at least `level`, interpolated linearly. NaN: never.
  double crossing(const std::string& name, double level) const;
  /// The order parameter at the recording of `step`. Throws std::out_of_range when there is none.
  double value(const std::string& name, std::int64_t step) const;
  /// Positions of the local maxima of a signal.
  std::vector<std::size_t> peaks(const std::string& column) const;
  std::vector<std::int64_t> alarms() const;
};

using Overrides = std::vector<std::pair<std::string, std::string>>;

/// The setting's parameters with `overrides` applied.
Hyperparameters with(const std::string& setting, const Overrides& overrides);
CollectedRun collect(const std::string& setting, const Overrides& overrides);

}  // namespace premelt::test
