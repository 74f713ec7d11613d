#include "rdm/window/monitor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

constexpr std::array signal_names{"shc", "pr", "trace", "lambda1", "mean_loss"};
constexpr std::size_t trace_signal = 2;
double mean(std::span<const double> losses) {
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

/// The newest mean loss, less its least-squares line in the window or the mean loss before it.
double newest_mean(const LossWindow& window, Detrend detrend) {
  const std::size_t last = window.size() - 1;
  const double newest = mean(window.row(last));
  if (detrend == Detrend::none) return newest;
  if (detrend == Detrend::diff) return newest - mean(window.row(last - 1));
  const auto w = static_cast<double>(window.size());
  double residual = 0;
  for (std::size_t a = 0; a < last; ++a) {
    const double time = static_cast<double>(a) - (w - 1) / 2;
    const double weight =
        1 / w + time * 6 / (w * (w + 1));  // of recording a in the line's value at the newest
    residual += weight * (newest - mean(window.row(a)));
  }
  return residual;
}

}  // namespace

Monitor::Monitor(MonitorOptions options)
    : options_(std::move(options)), alarm_(options_.alarm, options_.alarm_statistic) {
  if (options_.modes == 0) throw UsageError("the monitor keeps at least 1 mode");
  windows_.emplace_back(options_.probes, options_.window);
  add_view("", {0, Detrend::none, Transform::none});
  add_view("_detrended", {0, Detrend::linear, Transform::none});
  for (Channel& channel : options_.channels) {
    if (channel.probes.empty()) {
      channel.probes.resize(options_.probes);
      std::iota(channel.probes.begin(), channel.probes.end(), std::size_t{0});
    }
    if (std::ranges::max(channel.probes) >= options_.probes) {
      throw UsageError("channel '" + channel.suffix + "' asks for probe " +
                       std::to_string(std::ranges::max(channel.probes)) + " of " +
                       std::to_string(options_.probes));
    }
    add_view("_" + channel.suffix, {windows_.size(), channel.detrend, channel.transform});
    windows_.emplace_back(channel.probes.size(), options_.window);
  }
  alarm_column_ = column(options_.alarm_statistic);
}

void Monitor::add_view(const std::string& suffix, const View& view) {
  for (const char* signal : signal_names) {
    std::string name = signal + suffix;
    if (std::ranges::find(columns_, name) != columns_.end()) {
      throw UsageError("two channels have the suffix '" + suffix.substr(1) + "'");
    }
    columns_.push_back(std::move(name));
  }
  views_.push_back(view);
}

std::size_t Monitor::column(const std::string& name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  std::string known;
  for (const std::string& column : columns_) known += (known.empty() ? "" : ", ") + column;
  throw UsageError("there is no signal '" + name + "'; the signals are: " + known);
}

std::optional<Observation> Monitor::push(std::int64_t step, std::span<const double> losses) {
  if (last_step_ && step <= *last_step_) {
    throw DataError("steps have to increase: " + std::to_string(step) + " follows " +
                    std::to_string(*last_step_));
  }
  check_losses(losses, "at step " + std::to_string(step) + " (probes counted from 0)");
  std::vector<std::vector<double>> channels;  // complete before any window changes
  if (losses.size() == options_.probes) {
    for (const Channel& channel : options_.channels)
      channels.push_back(channel_losses(channel, step, losses));
  }
  windows_[0].push(losses);
  for (std::size_t c = 0; c < channels.size(); ++c) windows_[c + 1].push(channels[c]);
  last_step_ = step;
  ++recordings_;
  if (!windows_[0].full()) return std::nullopt;
  return observe(step);
}

std::vector<double> Monitor::channel_losses(const Channel& channel, std::int64_t step,
                                            std::span<const double> losses) const {
  std::vector<double> result;
  result.reserve(channel.probes.size());
  for (std::size_t probe : channel.probes) {
    const double loss = losses[probe];
    if (channel.transform == Transform::none) {
      result.push_back(loss);
      continue;
    }
    if (!(loss > 0)) {
      throw DataError("channel '" + channel.suffix + "' takes logarithms, but the loss of probe " +
                      std::to_string(probe) + " at step " + std::to_string(step) + " is " +
                      std::to_string(loss));
    }
    result.push_back(std::log(loss));
  }
  return result;
}

Observation Monitor::observe(std::int64_t step) {
  Observation result;
  result.step = step;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    const LossWindow& window = windows_[views_[v].window];
    const Spectrum found = spectrum(window, v == 0 ? options_.modes : 1, views_[v].detrend);
    const Moments& m = found.moments;
    for (double value : {m.spectral_heat_capacity(), m.participation_ratio(), m.trace, found.eigenvalues(0),
                         newest_mean(window, views_[v].detrend)}) {
      result.values.push_back(value);
    }
    if (v == 0) result.modes = found.modes;
  }
  result.overlap = last_modes_.empty() ? undefined : overlap(result.modes.row(0), last_modes_.row(0));
  last_modes_ = result.modes;
  if (recordings_ <= options_.warmup) return result;
  const std::size_t view = alarm_column_ / signal_names.size();
  const double trace = result.values[view * signal_names.size() + trace_signal];
  result.alarm = alarm_.push(step, result.values[alarm_column_], relative_change(views_[view], trace));
  return result;
}

/// The rms change √(tr C/n) over the mean loss; of log losses it is relative already.
double Monitor::relative_change(const View& view, double trace) const {
  const LossWindow& window = windows_[view.window];
  const double change = std::sqrt(trace / static_cast<double>(window.probes()));
  return view.transform == Transform::log ? change : change / std::abs(newest_mean(window, Detrend::none));
}

}  // namespace premelt
