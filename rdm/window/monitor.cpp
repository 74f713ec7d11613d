#include "rdm/window/monitor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

constexpr std::array signal_names{"shc", "pr", "trace", "lambda1", "mean_loss"};
constexpr std::size_t trace_signal = 2;

/// What there is to know of a window before one believes an alarm in it: where the losses went, how large
/// they are, and how much of the heat capacity is more than each probe's way along a line.
std::string in_words(const LossWindow& window, double shc, double shc_detrended) {
  std::ostringstream words;
  words.precision(3);
  words << "in the window the mean loss went from " << window.mean(0) << " to "
        << window.mean(window.size() - 1);
  if (shc > 0 && std::isfinite(shc_detrended))
    words << ", and without each probe's line " << 100 * shc_detrended / shc << " % of shc is left";
  return words.str();
}

}  // namespace

double monitor_bytes(std::size_t probes, std::size_t window) {
  const auto n = static_cast<double>(probes), w = static_cast<double>(window);
  return 4 * sizeof(double) * w * (n + w);
}

Monitor::Monitor(MonitorOptions options)
    : options_(std::move(options)),
      views_(options_.probes, options_.window),
      alarm_(options_.alarm, options_.alarm_statistic) {
  if (options_.modes == 0) throw UsageError("the monitor keeps at least 1 mode");
  if (options_.modes_every == 0) throw UsageError("modes_every: expected at least 1, got 0");
  add_view({});
  add_view({.suffix = "detrended", .detrend = Detrend::linear});
  for (const Channel& channel : options_.channels) add_view(channel);
  alarm_column_ = column(options_.alarm_statistic);
}

void Monitor::add_view(Channel channel) {
  for (const char* signal : signal_names) {
    std::string name = signal + (channel.suffix.empty() ? "" : "_" + channel.suffix);
    if (std::ranges::find(columns_, name) != columns_.end()) {
      throw UsageError("two channels have the suffix '" + channel.suffix + "'");
    }
    columns_.push_back(std::move(name));
  }
  views_.add(std::move(channel));
}

std::size_t Monitor::column(const std::string& name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  std::string known;
  for (const std::string& column : columns_) known += (known.empty() ? "" : ", ") + column;
  throw UsageError("there is no signal '" + name + "'; the signals are: " + known);
}

std::optional<Observation> Monitor::push(std::int64_t step, std::span<const double> losses) {
  check(step, losses);
  views_.push(losses);
  last_step_ = step;
  ++recordings_;
  if (!views_.full()) return std::nullopt;
  return observe(step);
}

void Monitor::set_threshold(double threshold) {
  options_.alarm.threshold = threshold;
  alarm_ = Alarm(options_.alarm, options_.alarm_statistic);
}

void Monitor::check(std::int64_t step, std::span<const double> losses) const {
  if (last_step_ && step <= *last_step_) {
    throw DataError("steps have to increase: " + std::to_string(step) + " follows " +
                    std::to_string(*last_step_));
  }
  check_losses(losses, "at step " + std::to_string(step) + " (probes counted from 0)");
  if (losses.size() != options_.probes) return;  // which the views refuse
  for (const View& view : views_) {
    const auto bad = probe_without_logarithm(view.channel(), losses);
    if (!bad) continue;
    throw DataError("channel '" + view.channel().suffix + "' takes logarithms, but the loss of probe " +
                    std::to_string(*bad) + " at step " + std::to_string(step) + " is " +
                    std::to_string(losses[*bad]));
  }
}

Observation Monitor::observe(std::int64_t step) {
  Observation result{.step = step,
                     .values = {},
                     .modes = Tensor<double>(Shape{options_.modes, options_.probes}, undefined),
                     .has_modes = false,
                     .overlap = undefined,
                     .alarm = {}};
  const bool modes_due = (recordings_ - options_.window) % options_.modes_every == 0;
  for (std::size_t v = 0; v < views_.size(); ++v) {
    const bool with_modes = v == 0 && modes_due;
    const Signals signals = with_modes ? views_[v].signals(find_modes(result)) : views_[v].signals();
    const Moments& m = signals.moments;
    for (double value :
         {m.spectral_heat_capacity(), m.participation_ratio(), m.trace, signals.lambda1, signals.mean_loss}) {
      result.values.push_back(value);
    }
  }
  if (recordings_ <= options_.warmup) return result;
  const std::size_t view = alarm_column_ / signal_names.size();
  const double trace = result.values[view * signal_names.size() + trace_signal];
  result.alarm = alarm_.push(step, result.values[alarm_column_], views_[view].relative_change(trace));
  if (!result.alarm) return result;
  result.alarm->why += "; " + in_words(window(), result.values[0], result.values[signal_names.size()]);
  if (!modes_due) find_modes(result);
  return result;
}

Spectrum Monitor::find_modes(Observation& observation) {
  Spectrum found = views_[0].spectrum(options_.modes);
  observation.modes = found.modes;
  observation.has_modes = true;
  if (!last_modes_.empty()) observation.overlap = overlap(observation.modes.row(0), last_modes_.row(0));
  last_modes_ = observation.modes;
  return found;
}

}  // namespace premelt
