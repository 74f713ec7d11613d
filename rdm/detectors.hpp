#pragma once
/// Every early-warning statistic on one footing: the same recordings, the same window, causal, larger = more
/// alarming. (ours, theory §6)

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor.hpp"

namespace premelt {

/// What a run recorded, whole.
struct RunTrace {
  std::vector<std::int64_t> steps;              ///< (T), increasing
  Tensor<double> losses;                        ///< (T,n)
  std::vector<std::vector<double>> order = {};  ///< one series (T) an order parameter; no detector reads them
  std::vector<double> gradient_norm = {};       ///< (T), or empty
  std::vector<double> weight_norm = {};         ///< (T), or empty
};

/// One series a detector, stamped at the newest recording of each full window.
struct DetectorSeries {
  std::vector<std::int64_t> steps;           ///< (T-W+1)
  std::vector<std::string> names;            ///< D
  std::vector<std::vector<double>> columns;  ///< D series (T-W+1); NaN where undefined

  /// Throws UsageError naming the nearest detector when there is none of that name.
  const std::vector<double>& column(const std::string& name) const;
};

/// The detectors, each read from the last `window` recordings alone:
///
/// * `shc`, `pr`, `localisation` (1/PR: the fall of PR), `trace`, `lambda1`; the same with `_detrended` after
///   removing each probe's line, and with `_log` of the log losses (NaN from the first loss that is not
///   positive);
/// * of the mean probe loss: `mean_fall` (minus its level), `mean_drop` (first half of the window minus
/// second
///   half), `mean_slope` (minus its least-squares slope a recording), `mean_variance`, `mean_memory` (its
///   lag-1 autocorrelation); `mean_drop_log` of the mean log loss;
/// * `probe_variance_max`, `probe_variance_mean`: over the variances of the probes;
/// * `gradient_norm`, `weight_norm`, `weight_change` (absolute, across the window): where recorded;
/// * `clock`: the step itself.
///
/// The top eigenvalue comes from a power iteration that starts at the previous window's vector: nothing costs
/// more than O(nW + W²) a recording. Throws ShapeError when the run is shorter than the window.
DetectorSeries detector_series(const RunTrace& run, std::size_t window);

}  // namespace premelt
