#pragma once
/// What can be measured at a recording beside the losses and norms, from derivatives of the losses and
/// samples around the parameters: columns of a RunTrace, each a detector of the same name.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// Where a run is measured.
struct MeasuringPoint {
  const LossLandscape& probes;  ///< their losses
  const LossLandscape& data;    ///< those of the training set; the probes' where there is no finite one
  ParameterVector theta;        ///< (p)
  double rate;                  ///< η of the steps whose order is exchanged
};

/// A number of a measurement, and the detector that reads it.
struct MeasuredColumn {
  std::string name;     ///< of the column and of the detector; larger = more alarming
  std::string summary;  ///< what it is, in a few words
};

/// One row of the list: columns that are measured together.
struct Measurement {
  std::vector<MeasuredColumn> columns;  ///< in the order of the numbers
  bool costly;                          ///< many gradients a recording: measured only when asked for
  /// Begins with a run: what it returns measures at one point after the other and may remember the last.
  std::function<std::function<std::vector<double>(const MeasuringPoint&)>(std::uint64_t seed)> start;
};

/// The list: to add a measurement is to add a row.
const std::vector<Measurement>& measurements();

/// Recordings from one costly measurement to the next; the number stands until then.
inline constexpr std::size_t costly_every = 10;

/// The measurements of one run, recording by recording.
class Measurer {
 public:
  /// Cheap ones at every recording; with `costly`, the others too. Random numbers come from `seed`.
  Measurer(bool costly, std::uint64_t seed);

  /// At the next recording.
  void measure(const MeasuringPoint& point);
  /// One series (T) a column.
  const std::map<std::string, std::vector<double>>& columns() const { return columns_; }

 private:
  struct Gauge {
    const Measurement* row;
    std::function<std::vector<double>(const MeasuringPoint&)> read;
    std::vector<double> last;
  };
  std::vector<Gauge> gauges_;
  std::map<std::string, std::vector<double>> columns_;
  std::size_t recordings_ = 0;
};

}  // namespace premelt
