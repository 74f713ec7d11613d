#pragma once
/// An event's order parameter as it forms, beside what the losses show of it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rdm/window/recorded_run.hpp"
#include "rdm/window/transition.hpp"

namespace premelt {

/// The full windows around one transition: from three times as far before its half-way step as its 10 % step
/// lies to twice as far behind it as its 90 % step, but not past the middle between it and its neighbours,
/// nor before burn-in.
struct Formation {
  std::string event;                  ///< "mode1"
  std::string order;                  ///< name of the order parameter
  std::vector<std::int64_t> steps;    ///< of the windows' newest recordings
  std::vector<double> value;          ///< the order parameter there
  std::vector<double> shc;            ///< raw SHC
  std::vector<double> shc_detrended;  ///< empty without such a column
  std::vector<double> drop;           ///< mean loss at the window's first recording less that at its last
};

/// One for each transition that was half-way and whose order parameter is known, `order_of_event` by the
/// event's name; of at most `most` windows each, evenly spaced. Throws ShapeError when a row's step was not
/// recorded or has no full window before it.
std::vector<Formation> formations(const RecordedRun& run, const std::vector<Transition>& transitions,
                                  const std::map<std::string, std::string>& order_of_event, std::size_t most);

}  // namespace premelt
