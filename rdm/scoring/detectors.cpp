#include "rdm/scoring/detectors.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/change_point.hpp"
#include "rdm/scoring/measurement.hpp"
#include "rdm/scoring/weight_path.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/statistics.hpp"
#include "rdm/window/view.hpp"

namespace premelt {

namespace {

/// How many principal components the detectors of dynamics follow.
constexpr std::size_t leading_scores = 3;

/// What the last W values of one series do.
struct Movement {
  double drop, slope, variance, memory;
};

Movement movement(std::span<const double> x) {
  const std::size_t w = x.size(), half = w / 2;
  const double centre = mean_of(x), middle = static_cast<double>(w - 1) / 2;
  double squares = 0, products = 0, along = 0, times = 0;
  for (std::size_t a = 0; a < w; ++a) {
    const double deviation = x[a] - centre, time = static_cast<double>(a) - middle;
    squares += deviation * deviation;
    along += deviation * time;
    times += time * time;
    if (a > 0) products += deviation * (x[a - 1] - centre);
  }
  return {mean_of(x.first(half)) - mean_of(x.last(w - half)), along / times, squares / static_cast<double>(w),
          squares > 0 ? products / squares : undefined};
}

/// Of each probe in the window.
std::vector<double> probe_variances(const LossWindow& window) {
  const Tensor<double> x = window.matrix();
  std::vector<double> squares(window.probes(), 0.0);
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < squares.size(); ++i) squares[i] += x(a, i) * x(a, i);
  }
  for (double& s : squares) s /= static_cast<double>(x.shape()[0]);
  return squares;
}

bool available(const Detector& detector, const RunTrace& run, const DetectorOptions& options) {
  switch (detector.needs) {
    case Needs::nothing:
    case Needs::losses:
    case Needs::log_losses:
    case Needs::variances:
    case Needs::components:
    case Needs::view:
      return true;
    case Needs::gradient_norm:
      return !run.gradient_norm.empty();
    case Needs::weight_norm:
      return !run.weight_norm.empty();
    case Needs::passage_level:
      return !run.weight_norm.empty() && options.passage_level;
    case Needs::updates:
      return run.update_products.rank() == 2 && run.update_products.shape()[1] >= options.window;
    case Needs::measured:
      return run.measured.contains(detector.name);
  }
  return false;
}

/// The trend of one of the other detectors.
struct Trend {
  std::size_t detector;
  KendallTrend kendall = {};
  double now = 0;
};

/// A column: of a row, and of which view if it has one for each.
struct Reading {
  const Detector* row;
  std::optional<std::size_t> view = {};
};

std::string column_of(const Detector& detector, const Channel& channel) {
  return detector.name + (channel.suffix.empty() ? "" : "_" + channel.suffix);
}

/// A run read recording by recording.
class Reader {
 public:
  Reader(const RunTrace& run, const DetectorOptions& options)
      : run_(run), options_(options), views_(run.losses.shape()[1], options.window) {
    rows_.insert(rows_.end(), options.further.begin(), options.further.end());
    add_view({}, &plain_, {Needs::variances, Needs::components});
    add_view({.suffix = "detrended", .detrend = Detrend::linear});
    add_view({.suffix = "log", .transform = Transform::log}, &logs_, {Needs::log_losses});
    for (const Channel& channel : options.channels) add_view(channel);
    if (options.whitener) add_view({.suffix = "whitened", .basis = options.whitener});
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
  /// Be it for its trend.
  bool asked(const std::string& column) const {
    return options_.only.empty() || options_.only == column || options_.only == column + "_trend";
  }

  /// Whether any column is read that needs this.
  bool asked(Needs needs) const {
    return std::ranges::any_of(rows_,
                               [&](const Detector& row) { return row.needs == needs && asked(row.name); });
  }

  /// Adds the view when a column of it is asked for, or one that `needs` its window, and keeps its number.
  void add_view(const Channel& channel, std::optional<std::size_t>* number = nullptr,
                const std::vector<Needs>& needs = {}) {
    bool used = std::ranges::any_of(needs, [&](Needs need) { return asked(need); });
    if (used) *number = views_.size();
    const std::size_t columns = readings_.size();
    for (const Detector& row : rows_) {
      if (row.needs != Needs::view || !asked(column_of(row, channel))) continue;
      readings_.push_back({&row, views_.size()});
      series_.names.push_back(column_of(row, channel));
    }
    if (used || readings_.size() > columns) views_.add(channel);
  }

  void name_all() {
    auto& names = series_.names;
    for (const Detector& row : rows_) {
      if (row.needs == Needs::view || !asked(row.name)) continue;
      const bool read = available(row, run_, options_);
      (read ? names : series_.unavailable).push_back(row.name);
      if (read) readings_.push_back({&row});
    }
    for (const Detector& row : rows_) {
      for (const std::string& suffix : row.trends) {
        const std::string name = row.name + suffix;
        if (!asked(name + "_trend")) continue;
        trends_.push_back({static_cast<std::size_t>(std::ranges::find(names, name) - names.begin())});
        names.push_back(name + "_trend");
      }
    }
    series_.columns.resize(names.size());
  }

  void push(std::size_t t) {
    const auto losses = run_.losses.row(t);
    views_.push(losses);
    means_.push_back(mean_of(losses));
    if (!logs_) return;
    const View& logs = views_[*logs_];
    log_means_.push_back(logs.defined() ? logs.window().mean(logs.window().size() - 1) : undefined);
  }

  /// The last W values of a series that ends at recording t; empty where there is none.
  std::span<const double> last(const std::vector<double>& series, std::size_t t) const {
    if (series.empty()) return {};
    return std::span(series).subspan(t + 1 - options_.window, options_.window);
  }

  std::vector<double> observe(std::size_t t) {
    std::vector<double> variances;
    PrincipalComponents components;
    if (asked(Needs::variances)) variances = probe_variances(views_[*plain_].window());
    if (asked(Needs::components)) components = principal_components(views_[*plain_].window(), leading_scores);
    Sight sight{run_.steps[t] - options_.start,
                {},
                std::span(means_).last(options_.window),
                std::span(log_means_).last(logs_ ? options_.window : 0),
                variances,
                components,
                last(run_.gradient_norm, t),
                last(run_.weight_norm, t),
                std::span(run_.steps).subspan(t + 1 - options_.window, options_.window),
                undefined,
                options_.passage_level.value_or(undefined)};
    std::vector<double> values;
    std::optional<std::size_t> seen;
    for (const auto& [row, view] : readings_) {
      if (view && view != seen) sight.view = views_[*view].signals();
      seen = view;
      if (row->needs == Needs::measured) sight.measured = run_.measured.at(row->name)[t];
      if (row->needs == Needs::updates)
        sight.update_gram = update_gram(run_.update_products, t, options_.window);
      values.push_back(row->value(sight));
    }
    const bool due = (series_.steps.size() - 1) % std::max<std::size_t>(options_.window / 10, 1) == 0;
    for (Trend& trend : trends_) {
      if (due) trend.now = trend.kendall.push(values[trend.detector]);
      values.push_back(trend.now);
    }
    return values;
  }

  const RunTrace& run_;
  const DetectorOptions& options_;
  std::vector<Detector> rows_ = detectors();
  Views views_;                              ///< those that are read
  std::optional<std::size_t> plain_, logs_;  ///< the view of the losses, and of their logarithms, if needed
  std::vector<Reading> readings_;            ///< the columns but for trends
  std::vector<Trend> trends_;
  std::vector<double> means_, log_means_;
  DetectorSeries series_;
};

/// Those that read losses, norms and updates.
std::vector<Detector> own_detectors() {
  using S = const Sight&;
  return {
      {"shc",
       Needs::view,
       [](S s) { return s.view.moments.spectral_heat_capacity(); },
       "spectral heat capacity",
       {"", "_detrended"}},
      {"pr", Needs::view, [](S s) { return s.view.moments.participation_ratio(); },
       "participation ratio: its rise"},
      {"localisation", Needs::view, [](S s) { return 1 / s.view.moments.participation_ratio(); },
       "1/PR: the fall of PR"},
      {"trace", Needs::view, [](S s) { return s.view.moments.trace; }, "sum of the variances of the probes"},
      {"lambda1", Needs::view, [](S s) { return s.view.lambda1; }, "largest eigenvalue"},
      {"mean_fall", Needs::losses, [](S s) { return -s.means.back(); }, "minus the mean probe loss"},
      {"mean_drop", Needs::losses, [](S s) { return movement(s.means).drop; },
       "first half of the window's mean losses minus the second"},
      {"mean_slope", Needs::losses, [](S s) { return -movement(s.means).slope; },
       "minus the mean loss' least-squares slope a recording"},
      {"mean_variance",
       Needs::losses,
       [](S s) { return movement(s.means).variance; },
       "variance of the mean loss",
       {""}},
      {"mean_memory",
       Needs::losses,
       [](S s) { return movement(s.means).memory; },
       "lag-1 autocorrelation of the mean loss",
       {""}},
      {"mean_drop_log", Needs::log_losses, [](S s) { return movement(s.log_means).drop; },
       "mean_drop of the mean log loss"},
      {"probe_variance_max", Needs::variances, [](S s) { return std::ranges::max(s.variances); },
       "largest variance of a probe"},
      {"probe_variance_mean", Needs::variances, [](S s) { return mean_of(s.variances); },
       "mean variance of the probes"},
      {"effective_rank", Needs::components, [](S s) { return effective_rank(s.components.shares); },
       "exponential of the spectrum's entropy: its rise"},
      {"rank_fall", Needs::components, [](S s) { return 1 / effective_rank(s.components.shares); },
       "its inverse: its fall"},
      {"cusum", Needs::losses, [](S s) { return cusum(s.means); },
       "Page's cumulative sum of the mean loss against the window's first half"},
      {"page_hinkley", Needs::losses, [](S s) { return page_hinkley(s.means); },
       "Page and Hinkley's test for a fall of the mean loss"},
      {"one_step_eigenvalue", Needs::components, [](S s) { return one_step_eigenvalue(s.components.scores); },
       "largest eigenvalue modulus of a one-step linear map of 3 principal components (VAR(1), DMD)"},
      {"hankel_residual", Needs::components, [](S s) { return hankel_residual(s.components.scores); },
       "what a linear map of rank 4 of delayed principal components misses (Hankel-DMD)"},
      {"clock", Needs::nothing, [](S s) { return static_cast<double>(s.step); },
       "the time since the event's segment began"},
      {"gradient_norm", Needs::gradient_norm, [](S s) { return s.gradient_norms.back(); },
       "norm of the training gradient"},
      {"weight_norm", Needs::weight_norm, [](S s) { return s.weight_norms.back(); }, "norm of the weights"},
      {"weight_change", Needs::weight_norm,
       [](S s) { return std::abs(s.weight_norms.back() - s.weight_norms.front()); },
       "its absolute change across the window"},
      {"first_passage", Needs::passage_level,
       [](S s) { return first_passage(s.steps, log_squares(s.weight_norms), s.passage_level); },
       "minus the steps until the weights' norm, extrapolated, is that of other runs at their event"},
      {"spectral_edge", Needs::updates, [](S s) { return spectral_edge(s.update_gram); },
       "largest gap between singular values of the window's updates"},
  };
}

}  // namespace

const std::vector<Detector>& detectors() {
  static const std::vector<Detector> all = [] {
    std::vector<Detector> rows = own_detectors();
    for (const Measurement& measurement : measurements()) {
      for (const MeasuredColumn& column : measurement.columns)
        rows.push_back(
            {column.name, Needs::measured, [](const Sight& s) { return s.measured; }, column.summary});
    }
    return rows;
  }();
  return all;
}

bool is_spectral(const std::string& column) {
  return std::ranges::any_of(detectors(), [&](const Detector& detector) {
    return detector.needs == Needs::view &&
           (column == detector.name || column.starts_with(detector.name + "_"));
  });
}

bool is_rival(const std::string& column) {
  const auto told = [&](const char* which) { return column.find(which) != std::string::npos; };
  if (told("_only_") || told("_without_")) return false;
  return column != "shc" && !column.starts_with("shc_") && column != oracle && column != "clock";
}

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
