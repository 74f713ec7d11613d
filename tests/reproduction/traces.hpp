#pragma once
/// Whole runs and the signals of their windows, cheap enough for many seeds.

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "models/settings/registry.hpp"
#include "models/sweep/sweep.hpp"
#include "rdm/window/spectrum.hpp"
#include "tests/support/collected_run.hpp"

namespace premelt::test {

/// A run without a monitor.
inline RunTrace trace(const std::string& setting, Overrides overrides, int seed) {
  overrides.emplace_back("seed", std::to_string(seed));
  const Hyperparameters parameters = with(setting, overrides);
  return record_run(*find_setting(setting).make(parameters), parameters);
}

/// SignalTrace of the windows of W recordings whose newest is `first`, `first + stride`, ... below `end`.
struct SignalTrace {
  std::vector<std::size_t> newest;
  std::vector<double> shc, shc_detrended, trace, mean_variance;
};

inline SignalTrace signals(const RunTrace& run, std::size_t window, std::size_t stride, std::size_t first,
                           std::size_t end) {
  SignalTrace result;
  LossWindow losses(run.losses.shape()[1], window), means(1, window);
  const std::size_t seen = first + 1 > window ? first + 1 - window : 0;
  for (std::size_t t = seen; t < std::min(end, run.steps.size()); ++t) {
    const auto row = run.losses.row(t);
    losses.push(row);
    double mean = 0;
    for (double loss : row) mean += loss / static_cast<double>(row.size());
    means.push(std::span(&mean, 1));
    if (t < first || !losses.full() || (t - first) % stride != 0) continue;
    const Moments raw = moments(losses);
    result.newest.push_back(t);
    result.shc.push_back(raw.spectral_heat_capacity());
    result.shc_detrended.push_back(moments(losses, Detrend::linear).spectral_heat_capacity());
    result.trace.push_back(raw.trace);
    result.mean_variance.push_back(moments(means).trace);
  }
  return result;
}

}  // namespace premelt::test
