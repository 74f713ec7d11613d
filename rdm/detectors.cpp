#include "rdm/detectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/blas.hpp"
#include "engine/error.hpp"
#include "engine/names.hpp"
#include "rdm/loss_window.hpp"
#include "rdm/spectrum.hpp"

namespace premelt {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// The largest eigenvalue of a positive semi-definite matrix, warm-started at the last one found.
class TopEigenvalue {
 public:
  double operator()(const Tensor<double>& matrix) {
    const std::size_t n = matrix.shape()[0];
    if (vector_.empty()) {
      vector_.assign(n, 1.0);
      vector_[0] = 2;  // centred rows have no component along (1, ..., 1)
    }
    double value = 0;  // |Au|: right from the second iteration on, when u has unit length
    std::vector<double> image(n);
    for (int i = 0; i < most_iterations; ++i) {
      blas::gemv(blas::Op::none, n, n, 1.0, matrix.data(), n, vector_.data(), 0.0, image.data());
      const double length = std::sqrt(blas::dot(n, image.data(), image.data()));
      if (!(length > 0)) return 0;
      const double last = std::exchange(value, length);
      for (std::size_t a = 0; a < n; ++a) vector_[a] = image[a] / length;
      if (std::abs(value - last) <= tolerance * value) break;
    }
    return value;
  }

 private:
  static constexpr int most_iterations = 100;
  static constexpr double tolerance = 1e-7;

  std::vector<double> vector_;
};

/// One way of reading a window: its spectral signals.
struct SpectralView {
  std::string suffix;
  const LossWindow* window;
  Detrend detrend;
  TopEigenvalue top = {};

  static std::vector<std::string> names(const std::string& suffix) {
    std::vector<std::string> names;
    for (const char* name : {"shc", "pr", "localisation", "trace", "lambda1"}) names.push_back(name + suffix);
    return names;
  }

  std::vector<double> values() {
    if (!window->full()) return std::vector<double>(5, undefined);
    const Tensor<double> gram = window->gram(detrend);  // has C's non-zero spectrum, times its rows
    const auto rows = static_cast<double>(window->effective_rows(detrend));
    double trace = 0;
    for (std::size_t a = 0; a < gram.shape()[0]; ++a) trace += gram(a, a);
    const double squares = blas::dot(gram.size(), gram.data(), gram.data());
    const Moments m{window->probes(), trace / rows, squares / (rows * rows)};
    const double pr = m.participation_ratio();
    return {m.spectral_heat_capacity(), pr, 1 / pr, m.trace, top(gram) / rows};
  }
};

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

/// A run read recording by recording.
class Reader {
 public:
  Reader(const RunTrace& run, std::size_t window)
      : run_(run), width_(window), raw_(probes(), window), log_(probes(), window) {
    views_ = {
        {"", &raw_, Detrend::none}, {"_detrended", &raw_, Detrend::linear}, {"_log", &log_, Detrend::none}};
    for (const SpectralView& view : views_) {
      for (std::string& name : SpectralView::names(view.suffix)) series_.names.push_back(std::move(name));
    }
    for (const char* name : {"mean_fall", "mean_drop", "mean_slope", "mean_variance", "mean_memory",
                             "mean_drop_log", "probe_variance_max", "probe_variance_mean", "clock"})
      series_.names.emplace_back(name);
    if (!run.gradient_norm.empty()) series_.names.emplace_back("gradient_norm");
    if (!run.weight_norm.empty()) series_.names.insert(series_.names.end(), {"weight_norm", "weight_change"});
    series_.columns.resize(series_.names.size());
  }

  DetectorSeries read() {
    for (std::size_t t = 0; t < run_.steps.size(); ++t) {
      push(t);
      if (!raw_.full()) continue;
      series_.steps.push_back(run_.steps[t]);
      const std::vector<double> values = observe(t);
      for (std::size_t d = 0; d < values.size(); ++d) series_.columns[d].push_back(values[d]);
    }
    return std::move(series_);
  }

 private:
  std::size_t probes() const { return run_.losses.shape()[1]; }

  void push(std::size_t t) {
    const auto losses = run_.losses.row(t);
    raw_.push(losses);
    means_.push_back(mean(losses));
    positive_ = positive_ && std::ranges::all_of(losses, [](double x) { return x > 0; });
    if (!positive_) {
      log_means_.push_back(undefined);
      return;
    }
    std::vector<double> logs(losses.size());
    std::ranges::transform(losses, logs.begin(), [](double x) { return std::log(x); });
    log_.push(logs);
    log_means_.push_back(mean(logs));
  }

  std::vector<double> observe(std::size_t t) {
    std::vector<double> values;
    for (SpectralView& view : views_) {
      const bool known = view.window != &log_ || positive_;
      for (double value : known ? view.values() : std::vector<double>(5, undefined)) values.push_back(value);
    }
    const auto last = [&](const std::vector<double>& x) { return std::span(x).last(width_); };
    const Movement move = movement(last(means_));
    const auto [largest, average] = probe_variances(raw_);
    values.insert(values.end(),
                  {-means_.back(), move.drop, -move.slope, move.variance, move.memory,
                   movement(last(log_means_)).drop, largest, average, static_cast<double>(run_.steps[t])});
    if (!run_.gradient_norm.empty()) values.push_back(run_.gradient_norm[t]);
    if (!run_.weight_norm.empty()) {
      values.push_back(run_.weight_norm[t]);
      values.push_back(std::abs(run_.weight_norm[t] - run_.weight_norm[t + 1 - width_]));
    }
    return values;
  }

  const RunTrace& run_;
  std::size_t width_;
  LossWindow raw_, log_;
  std::vector<SpectralView> views_;
  std::vector<double> means_, log_means_;
  bool positive_ = true;
  DetectorSeries series_;
};

}  // namespace

const std::vector<double>& DetectorSeries::column(const std::string& name) const {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw UsageError(unknown_name("detector", name, names));
  return columns[static_cast<std::size_t>(found - names.begin())];
}

DetectorSeries detector_series(const RunTrace& run, std::size_t window) {
  if (run.steps.size() < window) {
    throw ShapeError("[detector_series] a window of " + std::to_string(window) +
                     " recordings is longer than the run's " + std::to_string(run.steps.size()));
  }
  return Reader(run, window).read();
}

}  // namespace premelt
