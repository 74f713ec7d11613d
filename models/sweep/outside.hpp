#pragma once
/// Detectors that the house does not know: read with the others, or left out of a sweep altogether.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rdm/scoring/detectors.hpp"

namespace premelt {

/// A statistic from outside.
struct OutsideReader {
  std::string name;     ///< of its column
  std::string made_by;  ///< what makes it, word by word: runs that differ in it are not scored together
  /// One number a recording (T) of a run, NaN for no statement; nothing where it fails. Called from several
  /// threads at once.
  std::function<std::optional<std::vector<double>>(const RunTrace&)> read;
};

/// Reads them all off a run and adds their rows to what `detector_series` reads.
void read_outside(const std::vector<OutsideReader>& readers, RunTrace& run, DetectorOptions& options);

}  // namespace premelt
