#include "rdm/scoring/detectors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/statistics.hpp"
#include "rdm/window/view.hpp"

namespace premelt {

namespace {

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// What the last W values of one series do.
struct Movement {
  double drop, slope, variance, memory;
};

Movement movement(std::span<const double> x) {
  const std::size_t w = x.size(), half = w / 2;
  const double centre = mean(x), middle = static_cast<double>(w - 1) / 2;
  double squares = 0, products = 0, along = 0, times = 0;
  for (std::size_t a = 0; a < w; ++a) {
    const double deviation = x[a] - centre, time = static_cast<double>(a) - middle;
    squares += deviation * deviation;
    along += deviation * time;
    times += time * time;
    if (a > 0) products += deviation * (x[a - 1] - centre);
  }
  return {mean(x.first(half)) - mean(x.last(w - half)), along / times, squares / static_cast<double>(w),
          squares > 0 ? products / squares : undefined};
}

/// Largest and mean variance of the probes in the window.
std::pair<double, double> probe_variances(const LossWindow& window) {
  const Tensor<double> x = window.matrix();
  std::vector<double> squares(window.probes(), 0.0);
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < squares.size(); ++i) squares[i] += x(a, i) * x(a, i);
  }
  for (double& s : squares) s /= static_cast<double>(x.shape()[0]);
  return {std::ranges::max(squares), mean(squares)};
}

/// Series whose trend is a detector of its own.
constexpr std::array trending{"shc", "shc_detrended", "mean_variance", "mean_memory"};

/// The trend of one of the other detectors.
struct Trend {
  std::size_t detector;
  KendallTrend kendall = {};
  double now = 0;
};

/// A run read recording by recording.
class Reader {
 public:
  Reader(const RunTrace& run, const DetectorOptions& options)
      : run_(run), options_(options), views_(run.losses.shape()[1], options.window) {
    views_.add({});
    views_.add({.suffix = "detrended", .detrend = Detrend::linear});
    views_.add({.suffix = "log", .transform = Transform::log});
    for (const Channel& channel : options.channels) views_.add(channel);
    if (options.whitener) views_.add({.suffix = "whitened", .basis = options.whitener});
    name_all();
  }

  DetectorSeries read() {
    const std::size_t first = std::max(options_.first, options_.window - 1),
                      last = std::min(options_.last, run_.steps.size() - 1);
    for (std::size_t t = first + 1 - options_.window; t <= last; ++t) {
      push(t);
      if (t < first) continue;
      series_.steps.push_back(run_.steps[t]);
      const std::vector<double> values = observe(t);
      for (std::size_t d = 0; d < values.size(); ++d) series_.columns[d].push_back(values[d]);
    }
    return std::move(series_);
  }

 private:
  std::size_t probes() const { return run_.losses.shape()[1]; }

  void name_all() {
    auto& names = series_.names;
    for (const View& view : views_) {
      const std::string& suffix = view.channel().suffix;
      for (const char* signal : {"shc", "pr", "localisation", "trace", "lambda1"})
        names.push_back(signal + (suffix.empty() ? "" : "_" + suffix));
    }
    for (const char* name : {"mean_fall", "mean_drop", "mean_slope", "mean_variance", "mean_memory",
                             "mean_drop_log", "probe_variance_max", "probe_variance_mean", "clock"})
      names.emplace_back(name);
    if (!run_.gradient_norm.empty()) names.emplace_back("gradient_norm");
    if (!run_.weight_norm.empty()) names.insert(names.end(), {"weight_norm", "weight_change"});
    for (const char* name : trending) {
      trends_.push_back({static_cast<std::size_t>(std::ranges::find(names, name) - names.begin())});
      names.push_back(std::string(name) + "_trend");
    }
    series_.columns.resize(names.size());
  }

  void push(std::size_t t) {
    const auto losses = run_.losses.row(t);
    views_.push(losses);
    means_.push_back(mean(losses));
    const View& logs = views_[log_view];
    log_means_.push_back(logs.defined() ? logs.window().mean(logs.window().size() - 1) : undefined);
  }

  std::vector<double> observe(std::size_t t) {
    const std::size_t width = options_.window;
    std::vector<double> values;
    for (std::size_t v = 0; v < views_.size(); ++v) {
      const Signals signals = views_[v].signals();
      const double pr = signals.moments.participation_ratio();
      values.insert(values.end(), {signals.moments.spectral_heat_capacity(), pr, 1 / pr,
                                   signals.moments.trace, signals.lambda1});
    }
    const auto last = [&](const std::vector<double>& x) { return std::span(x).last(width); };
    const Movement move = movement(last(means_));
    const auto [largest, average] = probe_variances(views_[0].window());
    values.insert(values.end(),
                  {-means_.back(), move.drop, -move.slope, move.variance, move.memory,
                   movement(last(log_means_)).drop, largest, average, static_cast<double>(run_.steps[t])});
    if (!run_.gradient_norm.empty()) values.push_back(run_.gradient_norm[t]);
    if (!run_.weight_norm.empty()) {
      values.push_back(run_.weight_norm[t]);
      values.push_back(std::abs(run_.weight_norm[t] - run_.weight_norm[t + 1 - width]));
    }
    const bool due = (series_.steps.size() - 1) % std::max<std::size_t>(width / 10, 1) == 0;
    for (Trend& trend : trends_) {
      if (due) trend.now = trend.kendall.push(values[trend.detector]);
      values.push_back(trend.now);
    }
    return values;
  }

  const RunTrace& run_;
  const DetectorOptions& options_;
  static constexpr std::size_t log_view = 2;
  Views views_;  ///< of all probes: untransformed, the same detrended, logarithms; then what is asked for
  std::vector<Trend> trends_;
  std::vector<double> means_, log_means_;
  DetectorSeries series_;
};

}  // namespace

const std::vector<double>& DetectorSeries::column(const std::string& name) const {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw UsageError(unknown_name("detector", name, names));
  return columns[static_cast<std::size_t>(found - names.begin())];
}

DetectorSeries detector_series(const RunTrace& run, const DetectorOptions& options) {
  if (run.steps.size() < options.window) {
    throw ShapeError("[detector_series] a window of " + std::to_string(options.window) +
                     " recordings is longer than the run's " + std::to_string(run.steps.size()));
  }
  return Reader(run, options).read();
}

}  // namespace premelt
