#pragma once
/// What is recorded of a run beside losses and norms, for the detectors that need it.

#include <cstddef>
#include <memory>
#include <optional>

#include "models/experiment/setting.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/measurement.hpp"
#include "rdm/scoring/weight_path.hpp"

namespace premelt {

/// What is asked for; by default nothing.
struct Measures {
  bool cheap = false;       ///< what costs about a training step (rdm/scoring/measurement.hpp)
  bool costly = false;      ///< curvature and local sampling as well; implies `cheap`
  std::size_t updates = 0;  ///< the longest window of weight updates to keep
};

/// Measures a run at its recordings. Where the setting has no parameters, there is nothing to measure.
class Measuring {
 public:
  /// The experiment has to outlive it and is not changed by it; random numbers come from the parameter
  /// `seed`, on streams of their own. Steps whose order is exchanged have the parameter `learning_rate`, or
  /// 0.01.
  Measuring(const Experiment& experiment, const Hyperparameters& parameters, const Measures& measures);

  /// Whether there are parameters to measure at.
  bool possible() const { return probes_ != nullptr; }
  /// What is measured at the parameters θ (p), where that is possible. θ has to outlive it.
  MeasuringPoint at(ParameterVector theta) const {
    return {*probes_, data_ ? *data_ : *probes_, theta, rate_};
  }
  /// At a recording.
  void record();
  /// Hands over all that was recorded.
  void finish(RunTrace& trace) const;

 private:
  const Experiment& experiment_;
  double rate_ = 0.01;
  std::unique_ptr<LossLandscape> probes_, data_;  ///< null where there are none
  std::optional<Measurer> measurer_;
  std::optional<UpdateProducts> updates_;
};

}  // namespace premelt
