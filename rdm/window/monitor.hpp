#pragma once
/// The one chain from recorded losses to signals and alarms: LossWindow → Spectrum → Alarm.

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
#include "rdm/window/spectrum.hpp"

namespace premelt {

/// What is done to a loss before it enters a window.
enum class Transform { none, log };

/// A further view of the same losses, giving columns `shc_<suffix>`, `pr_<suffix>`, and so on.
struct Channel {
  std::string suffix = {};                ///< without the underscore: "log_test"
  Transform transform = Transform::none;  ///< log losses make the covariance one of relative changes
  std::vector<std::size_t> probes = {};   ///< which ones; empty for all
  Detrend detrend = Detrend::none;        ///< inside the window
};

/// What to watch, and when to raise an alarm.
struct MonitorOptions {
  std::size_t probes = 0;              ///< n
  std::size_t window = 40;             ///< W, in recordings
  std::size_t modes = 3;               ///< k ≥ 1 leading eigenvectors to keep
  std::vector<Channel> channels = {};  ///< beyond the untransformed losses of all probes, raw and detrended
  AlarmRule alarm = {};                ///< for `alarm_statistic`
  std::size_t warmup = 0;  ///< recordings, from the first, that raise no alarm whatever their steps
  /// A column. The size of the change (AlarmRule::least_change) is read from the same window and detrending;
  /// of log losses √(tr C/n) is relative as it stands.
  std::string alarm_statistic = "shc";
};

/// The signals of one full window, stamped at its newest recording.
struct Observation {
  std::int64_t step = 0;       ///< of the newest recording
  std::vector<double> values;  ///< one a column; NaN = undefined
  Tensor<double> modes;  ///< (k,n) leading eigenvectors of the untransformed losses; NaN rows where undefined
  double overlap = 0;    ///< |v_1·v_1'| with the previous window; NaN when undefined
  std::optional<Event> alarm;  ///< raised at this recording
};

/// Takes losses, gives signals: the same object behind `run`, `analyze` and everything else.
class Monitor {
 public:
  /// Throws ShapeError on impossible sizes, UsageError on an unknown alarm statistic, a suffix used twice, a
  /// probe out of range, or no mode to keep.
  explicit Monitor(MonitorOptions options);

  /// `shc,pr,trace,lambda1,mean_loss`, the same with `_detrended`, then those of each channel. `mean_loss` is
  /// the mean of the newest recording (of log losses in a log channel); detrended, what is left of it above
  /// the line fitted in the window, or its last difference.
  const std::vector<std::string>& columns() const { return columns_; }
  /// The index of a column. Throws UsageError, listing the columns, when there is none of that name.
  std::size_t column(const std::string& name) const;

  /// Takes the losses (n) recorded at `step`; nothing comes back before the first full window.
  /// Throws ShapeError or DataError as LossWindow::push, and DataError when steps do not increase or a log
  /// channel meets a loss that is not positive (naming probe and step).
  std::optional<Observation> push(std::int64_t step, std::span<const double> losses);

  /// The untransformed losses of all probes, for blocks and the full covariance.
  const LossWindow& window() const { return windows_.front(); }

 private:
  /// One window read under one detrending: five columns.
  struct View {
    std::size_t window;
    Detrend detrend;
    Transform transform;
  };

  void add_view(const std::string& suffix, const View& view);
  std::vector<double> channel_losses(const Channel& channel, std::int64_t step,
                                     std::span<const double> losses) const;
  Observation observe(std::int64_t step);
  double relative_change(const View& view, double trace) const;

  MonitorOptions options_;
  std::vector<std::string> columns_;
  std::vector<LossWindow> windows_;  ///< the base, then one a channel
  std::vector<View> views_;
  std::size_t alarm_column_ = 0;
  Alarm alarm_;
  std::optional<std::int64_t> last_step_;
  std::size_t recordings_ = 0;
  Tensor<double> last_modes_;
};

}  // namespace premelt
