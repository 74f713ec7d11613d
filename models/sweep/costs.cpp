#include "models/sweep/costs.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "engine/tensor/error.hpp"
#include "models/experiment/run.hpp"
#include "models/sweep/probe_sets.hpp"
#include "rdm/scoring/whitening.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

using Clock = std::chrono::steady_clock;

/// After which no further recording is made.
constexpr std::chrono::seconds training_time{1};

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The median time of something done again and again: others may be at work on the machine. The first time,
/// which fills caches, counts only while there is no other.
class Stopwatch {
 public:
  void time(const std::function<void()>& work) { seconds_.push_back(seconds_of(work)); }
  double usual() const {
    const auto all = std::span<const double>(seconds_);
    return median(all.size() > 1 ? all.subspan(1) : all);
  }

 private:
  std::vector<double> seconds_;
};

/// A short piece of a run, and what each part of it takes.
class Piece {
 public:
  explicit Piece(const Sweep& sweep)
      : parameters_(of_first_seed(sweep)),
        experiment_(sweep.setting->make(parameters_)),
        measuring_(*experiment_, parameters_, sweep.measures) {
    if (!measuring_.possible()) return;
    const Measures& asked = sweep.measures;
    if (asked.updates > 0) products_.emplace(asked.updates);
    for (const Measurement& row : measurements()) {
      if (asked.costly || (asked.cheap && !row.costly))
        gauges_.push_back({&row, row.start(parameters_.count("seed")), {}});
    }
  }

  /// Up to so many recordings, then repeats those there are.
  RunTrace record(std::size_t recordings) {
    const auto start = Clock::now();
    for (std::size_t t = 0; t < recordings; ++t) {
      const bool late = Clock::now() - start > training_time;
      if (late && t >= 2) break;
      try {
        if (t > 0) step_.time([&] { experiment_->step(); });
        record_one(!late);
      } catch (const DivergedError&) {
        if (rows_.empty()) throw;
        break;  // what has been recorded will do
      }
    }
    return repeated(recordings);
  }

  const Experiment& experiment() const { return *experiment_; }
  double step() const { return step_.usual(); }    ///< seconds
  double order() const { return order_.usual(); }  ///< seconds to read the order parameters

  /// Seconds to record what a column reads.
  double recording(const std::string& column, Needs needs) const {
    switch (needs) {
      case Needs::nothing:
        return 0;
      case Needs::losses:
      case Needs::log_losses:
      case Needs::variances:
      case Needs::components:
      case Needs::view:
        return losses_.usual();
      case Needs::gradient_norm:
      case Needs::weight_norm:
      case Needs::passage_level:
        return norms_.usual();
      case Needs::updates:
        return updates_.usual();
      case Needs::measured:
        break;
    }
    for (const Gauge& gauge : gauges_) {
      if (std::ranges::find(gauge.row->columns, column, &MeasuredColumn::name) != gauge.row->columns.end())
        return gauge.watch.usual() / static_cast<double>(gauge.row->costly ? costly_every : 1);
    }
    return 0;
  }

 private:
  struct Gauge {
    const Measurement* row;
    std::function<std::vector<double>(const MeasuringPoint&)> read;
    Stopwatch watch;
  };

  static Hyperparameters of_first_seed(const Sweep& sweep) {
    Hyperparameters parameters = sweep.parameters;
    parameters.set("seed", static_cast<std::int64_t>(sweep.first_seed));
    return parameters;
  }

  void record_one(bool costly) {
    std::vector<double> losses(experiment_->probe_blocks().size()), order(experiment_->order_names().size()),
        training;
    losses_.time([&] { experiment_->probe_losses(losses); });
    check_finite(static_cast<std::int64_t>(rows_.size()), losses);
    order_.time([&] { experiment_->order_parameters(order); });
    norms_.time([&] { training = experiment_->training(); });
    rows_.push_back({std::move(losses), std::move(training)});
    if (products_) updates_.time([&] { products_->add(experiment_->position().flat()); });
    for (Gauge& gauge : gauges_) {
      if (gauge.row->costly && !costly) continue;
      gauge.watch.time([&] { gauge.read(measuring_.at(experiment_->position().flat())); });
    }
  }

  RunTrace repeated(std::size_t recordings) const {
    RunTrace trace;
    trace.losses = Tensor<double>(Shape{recordings, rows_.front().first.size()});
    Tensor<double> products;
    if (products_) {
      products = products_->rows();
      trace.update_products = Tensor<double>(Shape{recordings, products.shape()[1]});
    }
    for (std::size_t t = 0; t < recordings; ++t) {
      const auto& [losses, training] = rows_[t % rows_.size()];
      trace.steps.push_back(static_cast<std::int64_t>(t));
      std::ranges::copy(losses, trace.losses.row(t).begin());
      if (!training.empty()) {
        trace.gradient_norm.push_back(training[1]);
        trace.weight_norm.push_back(training[2]);
      }
      if (products_) std::ranges::copy(products.row(t % rows_.size()), trace.update_products.row(t).begin());
    }
    for (const Gauge& gauge : gauges_) {
      for (const MeasuredColumn& column : gauge.row->columns)
        trace.measured[column.name].assign(recordings, 0.0);  // to be read, not looked at
    }
    return trace;
  }

  Hyperparameters parameters_;
  std::unique_ptr<Experiment> experiment_;
  Measuring measuring_;
  std::optional<UpdateProducts> products_;
  Stopwatch step_, losses_, order_, norms_, updates_;
  std::vector<Gauge> gauges_;
  std::vector<std::pair<std::vector<double>, std::vector<double>>> rows_;  ///< losses and training
};

/// Of a column of the table, of a trend what its detector needs; of one from outside: a measured number.
Needs needs_of(const std::string& column) {
  const std::string trend = "_trend";
  const std::string name = column.ends_with(trend) ? column.substr(0, column.size() - trend.size()) : column;
  const auto row = std::ranges::find(detectors(), name, &Detector::name);
  if (row != detectors().end()) return row->needs;
  return is_spectral(name) ? Needs::view : Needs::measured;
}

/// The identity where the recordings give no other: it costs the same.
Tensor<double> any_whitener(const RunTrace& run) {
  if (auto found = whitener(run.losses)) return std::move(*found);
  const std::size_t n = run.losses.shape()[1];
  Tensor<double> identity(Shape{n, n}, 0.0);
  for (std::size_t i = 0; i < n; ++i) identity(i, i) = 1;
  return identity;
}

/// Seconds a recording to read one column of a run, the filling of the first window included: the least of a
/// few times.
double reading(const RunTrace& run, DetectorOptions options, const std::string& only) {
  constexpr std::size_t times = 5;
  constexpr double enough = 0.02;  // seconds
  options.only = only;
  double least = std::numeric_limits<double>::infinity(), all = 0;
  for (std::size_t i = 0; i < times && all < enough; ++i) {
    const double seconds = seconds_of([&] { detector_series(run, options); });
    least = std::min(least, seconds);
    all += seconds;
  }
  return least / static_cast<double>(run.steps.size() + 1 - options.window);
}

}  // namespace

DetectorCosts measure_costs(const Sweep& sweep) {
  Piece piece(sweep);
  RunTrace run = piece.record(4 * std::ranges::max(sweep.windows));
  DetectorOptions options{.window = 0, .channels = piece.experiment().monitor_options().channels};
  std::map<std::string, double> outside;
  for (const OutsideReader& reader : sweep.outside)
    outside[reader.name] =
        seconds_of([&] { read_outside({reader}, run, options); }) / static_cast<double>(run.steps.size());
  if (sweep.ablate)
    std::ranges::copy(probe_sets(piece.experiment().probe_blocks()), std::back_inserter(options.channels));
  if (sweep.whitened) options.whitener = any_whitener(run);
  options.passage_level = 0;

  DetectorCosts costs{piece.step(), {}};
  for (const std::size_t window : sweep.windows) {
    options.window = window;
    auto& in_steps = costs.in_steps[window];
    for (const std::string& column : detector_series(run, options).names) {
      const double recording =
          outside.contains(column) ? outside[column] : piece.recording(column, needs_of(column));
      in_steps[column] = (recording + reading(run, options, column)) / piece.step();
    }
    in_steps[oracle] = piece.order() / piece.step();
  }
  return costs;
}

void add_costs(std::vector<EventScores>& events, const DetectorCosts& costs) {
  for (EventScores& event : events) {
    for (DetectorScore& entry : event.detectors) {
      const auto& of_window = costs.in_steps.at(event.window);
      const auto found = of_window.find(entry.detector);
      if (found != of_window.end()) entry.cost_in_steps = found->second;
    }
  }
}

}  // namespace premelt
