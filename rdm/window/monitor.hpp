#pragma once
/// The views of a run, recording by recording: signals, eigenvectors and alarms.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/alarm.hpp"
#include "rdm/window/event.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/view.hpp"

namespace premelt {

/// What to watch, and when to raise an alarm.
struct MonitorOptions {
  std::size_t probes = 0;              ///< n
  std::size_t window = 40;             ///< W, in recordings
  std::size_t modes = 3;               ///< k ≥ 1 leading eigenvectors to keep
  std::size_t modes_every = 1;         ///< full windows from one with eigenvectors to the next; ≥ 1
  std::vector<Channel> channels = {};  ///< beyond the untransformed losses of all probes, raw and detrended
  AlarmRule alarm = {};                ///< for `alarm_statistic`
  std::size_t warmup = 0;  ///< recordings, from the first, that raise no alarm whatever their steps
  /// A column. The size of the change (AlarmRule::least_change) is read from the same window and detrending;
  /// of log losses √(tr C/n) is relative as it stands.
  std::string alarm_statistic = "shc";
};

/// What a monitor of n probes and windows of W recordings holds, in bytes, roughly.
double monitor_bytes(std::size_t probes, std::size_t window);

/// The signals of one full window, stamped at its newest recording.
struct Observation {
  std::int64_t step = 0;       ///< of the newest recording
  std::vector<double> values;  ///< one a column; NaN = undefined
  /// (k,n) leading eigenvectors of the untransformed losses; NaN rows where undefined, and where they were
  /// not due (`modes_every`) and no alarm asked for them.
  Tensor<double> modes;
  bool has_modes = false;  ///< the eigenvectors were computed, whether defined or not
  double overlap = 0;  ///< |v_1·v_1'| with the last window before that has eigenvectors; NaN when undefined
  std::optional<Event> alarm;  ///< raised at this recording
};

/// Takes losses, asks its views, and raises the alarm: the same object behind `run`, `analyze` and `watch`.
class Monitor {
 public:
  /// Throws ShapeError on impossible sizes, UsageError on an unknown alarm statistic, a suffix used twice, a
  /// probe out of range, no mode to keep, or none ever due.
  explicit Monitor(MonitorOptions options);

  /// `shc,pr,trace,lambda1,mean_loss`, the same with `_detrended`, then those of each channel. `mean_loss` is
  /// the mean of the newest recording (of log losses in a log channel); detrended, what is left of it above
  /// the line fitted in the window, or its last difference.
  const std::vector<std::string>& columns() const { return columns_; }
  /// The index of a column. Throws UsageError, listing the columns, when there is none of that name.
  std::size_t column(const std::string& name) const;

  /// Takes the losses (n) recorded at `step`; nothing comes back before the first full window.
  /// Throws ShapeError or DataError as LossRing::push, and DataError when steps do not increase or a log
  /// channel meets a loss that is not positive (naming probe and step: `probe_without_logarithm`). Nothing
  /// has then changed.
  std::optional<Observation> push(std::int64_t step, std::span<const double> losses);

  /// From now on the alarm has this fixed threshold. Throws UsageError unless it is finite.
  void set_threshold(double threshold);

  /// The untransformed losses of all probes, for blocks and the full covariance.
  const LossWindow& window() const { return views_[0].window(); }

 private:
  void add_view(Channel channel);
  void check(std::int64_t step, std::span<const double> losses) const;
  Observation observe(std::int64_t step);
  Spectrum find_modes(Observation& observation);

  MonitorOptions options_;
  std::vector<std::string> columns_;
  Views views_;  ///< the untransformed losses of all probes, the same detrended, then one a channel
  std::size_t alarm_column_ = 0;
  Alarm alarm_;
  std::optional<std::int64_t> last_step_;
  std::size_t recordings_ = 0;
  Tensor<double> last_modes_;
};

}  // namespace premelt
