#pragma once
/// Every early-warning statistic on one footing: the same recordings, the same window, causal, larger = more
/// alarming. (ours, theory §6)

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/numbers.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/scoring/dynamics.hpp"
#include "rdm/window/monitor.hpp"
#include "rdm/window/view.hpp"

namespace premelt {

/// What a run recorded, whole.
struct RunTrace {
  std::vector<std::int64_t> steps;              ///< (T), increasing
  Tensor<double> losses;                        ///< (T,n)
  std::vector<std::vector<double>> order = {};  ///< one series (T) an order parameter; no detector reads them
  std::vector<double> gradient_norm = {};       ///< (T), or empty
  std::vector<double> weight_norm = {};         ///< (T), or empty
  /// What else was measured (rdm/scoring/measurement.hpp): by name, one series (T).
  std::map<std::string, std::vector<double>> measured = {};
  Tensor<double> update_products = {};  ///< (T,W), as UpdateProducts; or empty
};

/// One series a detector, stamped at the newest recording of each full window.
struct DetectorSeries {
  std::vector<std::int64_t> steps;           ///< (R), R the windows read
  std::vector<std::string> names;            ///< D
  std::vector<std::vector<double>> columns;  ///< D series (R); NaN where undefined
  /// Detectors of the table without a column: what they need was not recorded, or there is no level to reach.
  std::vector<std::string> unavailable = {};

  /// Throws UsageError naming the nearest detector when there is none of that name.
  const std::vector<double>& column(const std::string& name) const;
};

/// What a detector sees at the newest recording of a full window of W.
struct Sight {
  std::int64_t step;                       ///< of that recording, from DetectorOptions::start on
  Signals view;                            ///< of the view that the column names
  std::span<const double> means;           ///< (W) mean losses of the probes
  std::span<const double> log_means;       ///< (W) mean log losses; NaN where there are none
  std::span<const double> variances;       ///< (n) of each probe in the window
  const PrincipalComponents& components;   ///< of all probes, with 3 scores
  std::span<const double> gradient_norms;  ///< (W), or empty
  std::span<const double> weight_norms;    ///< (W), or empty
  std::span<const std::int64_t> steps;     ///< (W) of the recordings
  double measured = undefined;             ///< the newest number of the detector's own column
  double passage_level = undefined;        ///< of log‖θ‖²
  Tensor<double> update_gram = {};         ///< (W,W), or empty
};

/// What has to be there for a detector to be read.
enum class Needs {
  nothing,        ///< but the time
  losses,         ///< their means
  log_losses,     ///< the means of their logarithms
  variances,      ///< of each probe in the window
  components,     ///< principal components of the window
  view,           ///< one column for each view of the losses, with its suffix
  gradient_norm,  ///< recorded with the run
  weight_norm,    ///< recorded with the run
  passage_level,  ///< the same, and the level that other runs had at their event
  updates,        ///< recorded with the run, for windows of at least W
  measured,       ///< a column of the detector's name, measured with the run
};

/// One row of the table of detectors.
struct Detector {
  std::string name;                   ///< of its column, before any suffix
  Needs needs;                        ///< when it is read
  double (*value)(const Sight&);      ///< larger = more alarming; NaN = no statement
  std::string summary;                ///< what it is, in a few words
  std::vector<std::string> trends{};  ///< its columns, by suffix, whose trend is a detector of its own
};

/// The table: to add a detector is to add a row. Each is read from the last W recordings alone, but for the
/// trends.
const std::vector<Detector>& detectors();

/// What is read of a run.
struct DetectorOptions {
  std::size_t window;                  ///< W, in recordings
  std::vector<Channel> channels = {};  ///< further views of the losses: `shc_<suffix>`, ...
  /// (n,n), from rdm/whitening: `shc_whitened`, ...; absent: no such detectors; empty: they are NaN.
  std::optional<Tensor<double>> whitener = {};
  /// The recordings, by number, that are the newest of a window to be read: `first` (or W-1) to `last`.
  std::size_t first = 0;
  std::size_t last = std::numeric_limits<std::size_t>::max();  ///< or the run's end
  std::int64_t start = 0;                                      ///< the step from which the clock counts
  /// log‖θ‖² where runs had their event: a median over event runs of the development half, never over one
  /// that is scored. Absent: no `first_passage`.
  std::optional<double> passage_level = {};
  std::vector<Detector> further = {};  ///< rows of one's own, after those of the table
  std::string only = {};  ///< the one column to read (a trend's with what it is the trend of), or all
};

/// The order parameter itself, which no detector may read: the best that any could do.
inline constexpr const char* oracle = "oracle";

/// Whether a column is a signal of the spectrum, or the trend of one.
bool is_spectral(const std::string& column);

/// What SHC has to beat: all but SHC itself in any view, the oracle, what was told which probes to read (the
/// `_only_` and `_without_` a block of an ablation), and the clock, which is there to check the scoring.
/// tr C, λ_1 and PR, which the same window gives for less, are rivals too.
bool is_rival(const std::string& column);

/// Reads every row of `detectors` of a run, in their order:
///
/// * those of a view for the losses of all probes, the same with `_detrended` without each
///   probe's line, with `_log` of the log losses (NaN from the first loss that is not positive), of each
///   channel, and with `_whitened`;
/// * those of the losses and of what was recorded with them, all others being named in `unavailable`;
/// * with `_trend`, Kendall's trend since the first window read, of every (W/10)-th window.
///
/// The top eigenvalue comes from a power iteration that starts at the previous window's vector: nothing costs
/// more than O(nW + W²), or O(n²W) where n < W. Throws ShapeError when the run is shorter than the window.
DetectorSeries detector_series(const RunTrace& run, const DetectorOptions& options);

}  // namespace premelt
