#pragma once
/// A run of a setting as the playground sees it: recordings one by one, each a row of numbers, and what is
/// asked for now and then. The same in a browser and natively, where tests compare the two.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "models/experiment/setting.hpp"
#include "rdm/window/monitor.hpp"

namespace premelt::playground {

/// One run, or its twin.
class Play {
 public:
  /// From lines: the setting's name, then `parameter=value` one a line. `twin=true` takes the event-free twin
  /// of the setting's first event. Throws UsageError as the program does, also for a setting that is not
  /// played here.
  explicit Play(const std::string& request);

  /// Trains to the next recording; the first one is of step 0. Throws DivergedError naming step and probe.
  void advance();

  /// The newest recording: step, whether an alarm was raised, order parameters, signals (NaN before the first
  /// full window), probe losses.
  std::span<const double> row() const { return row_; }
  /// The top eigenvector of the newest full window, (n); NaN before, and where none is singled out.
  Tensor<double> mode() const;
  /// The covariance C of the newest window, (n,n); NaN before two recordings are held.
  Tensor<double> covariance() const;
  /// JSON: names of all numbers in a row, blocks, events, parameters with meanings and ranges, and the null
  /// of the signals where the noise is known.
  std::string description() const;

 private:
  Setting setting_;
  Hyperparameters parameters_;
  std::unique_ptr<Experiment> experiment_;
  Monitor monitor_;
  std::size_t orders_;
  std::int64_t next_step_ = 0;
  std::vector<double> row_;
};

}  // namespace premelt::playground
