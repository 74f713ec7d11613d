#pragma once
/// Every early-warning statistic on one footing: the same recordings, the same window, causal, larger = more
/// alarming. (ours, theory §6)

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/monitor.hpp"

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
  std::vector<std::int64_t> steps;           ///< (R), R the windows read
  std::vector<std::string> names;            ///< D
  std::vector<std::vector<double>> columns;  ///< D series (R); NaN where undefined

  /// Throws UsageError naming the nearest detector when there is none of that name.
  const std::vector<double>& column(const std::string& name) const;
};

/// What is read of a run.
struct DetectorOptions {
  std::size_t window;                  ///< W, in recordings
  std::vector<Channel> channels = {};  ///< further views of the losses: `shc_<suffix>`, ...
  /// (n,n), from rdm/whitening: `shc_whitened`, ...; absent: no such detectors; empty: they are NaN.
  std::optional<Tensor<double>> whitener = {};
  /// The recordings, by number, that are the newest of a window to be read: `first` (or W-1) to `last`.
  std::size_t first = 0;
  std::size_t last = std::numeric_limits<std::size_t>::max();  ///< or the run's end
};

/// The detectors, each read from the last W recordings alone, but for the trends:
///
/// * `shc`, `pr`, `localisation` (1/PR: the fall of PR), `trace`, `lambda1`; the same with `_detrended` after
///   removing each probe's line, with `_log` of the log losses (NaN from the first loss that is not
///   positive), of each channel, and with `_whitened`;
/// * of the mean probe loss: `mean_fall` (minus its level), `mean_drop` (first half of the window minus
///   second half), `mean_slope` (minus its least-squares slope a recording), `mean_variance`, `mean_memory`
///   (its lag-1 autocorrelation); `mean_drop_log` of the mean log loss (NaN as `_log` is);
/// * `probe_variance_max`, `probe_variance_mean`: over the variances of the probes;
/// * `gradient_norm`, `weight_norm`, `weight_change` (absolute, across the window): where recorded;
/// * `clock`: the step itself;
/// * `shc_trend`, `shc_detrended_trend`, `mean_variance_trend`, `mean_memory_trend`: Kendall's trend since
///   the first window read, of every (W/10)-th window.
///
/// The top eigenvalue comes from a power iteration that starts at the previous window's vector: nothing costs
/// more than O(nW + W²), or O(n²W) where n < W. Throws ShapeError when the run is shorter than the window.
DetectorSeries detector_series(const RunTrace& run, const DetectorOptions& options);

}  // namespace premelt
