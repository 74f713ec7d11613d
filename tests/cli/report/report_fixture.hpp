#pragma once
/// Made-up runs for the report's tests: `schematic` as in the paper's Fig. 1, and one with several
/// transitions.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "cli/report/report_data.hpp"
#include "engine/linalg/blas.hpp"
#include "rdm/window/stored_window.hpp"

namespace premelt::report {

/// One group of probes whose losses fall together by about one at `centre`, over about four `width`s.
struct Drop {
  std::string block;
  double centre;
  double width;
  double size;
};

struct FixtureOptions {
  std::size_t recordings = 400;
  std::size_t window = 40;
  std::size_t probes_per_block = 20;
  double noise = 0.05;
  std::vector<Drop> drops = {{"A", 0, 1, 0}, {"B", 200, 10, 1}, {"C", 0, 1, 0}};
};

inline double drop_progress(const Drop& drop, double step) {
  return 1 / (1 + std::exp(-(step - drop.centre) / drop.width));
}

inline void fill_losses(const FixtureOptions& options, ReportData& data) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  const std::size_t n = options.drops.size() * options.probes_per_block;
  data.steps = Tensor<std::int64_t>(Shape{options.recordings});
  Tensor<double> losses(Shape{options.recordings, n});
  for (std::size_t probe = 0; probe < n; ++probe) {
    const Drop& drop = options.drops[probe / options.probes_per_block];
    const double level = 2 + 0.3 * normal(random), strength = drop.size * (1 + 0.2 * normal(random));
    data.probe_names.push_back(drop.block + std::to_string(probe % options.probes_per_block));
    data.probe_blocks.push_back(drop.block);
    for (std::size_t t = 0; t < options.recordings; ++t) {
      const double progress = drop_progress(drop, static_cast<double>(t));
      losses(t, probe) = level - strength * progress + options.noise * normal(random);
    }
  }
  data.losses = losses;
  for (std::size_t t = 0; t < options.recordings; ++t) data.steps(t) = static_cast<std::int64_t>(t);
}

inline void fill_order(const FixtureOptions& options, ReportData& data) {
  for (const Drop& drop : options.drops) {
    if (drop.size == 0) continue;
    data.order.columns.push_back("a_" + drop.block);
    data.order_targets["a_" + drop.block] = 1;
    data.order_of_event[drop.block] = "a_" + drop.block;
    for (const auto& [level, logit] : {std::pair("_10", -2.197), {"_50", 0.0}, {"_90", 2.197}}) {
      const double step = drop.centre + logit * drop.width;
      data.marks.push_back(
          {Event::Kind::event, drop.block + level, std::llround(step), undefined, undefined, ""});
    }
    data.marks.push_back({Event::Kind::alarm, "shc", std::llround(drop.centre - 2 * drop.width), 0.02, 0.01,
                          "shc 10 times its running minimum, 3 recordings in a row"});
  }
  Tensor<double> values(Shape{options.recordings, data.order.columns.size()});
  for (std::size_t t = 0; t < options.recordings; ++t) {
    std::size_t column = 0;
    for (const Drop& drop : options.drops) {
      if (drop.size != 0) values(t, column++) = drop_progress(drop, static_cast<double>(t));
    }
  }
  data.order.values = values;
}

/// SHC, PR and trace by their definitions, from the full matrix.
inline void fill_signals(ReportData& data) {
  const std::size_t n = data.losses.shape()[1], rows = data.losses.shape()[0] - data.window + 1;
  std::vector<std::vector<std::size_t>> cells;
  for (std::size_t probe = 0; probe < n; ++probe) cells.push_back({probe});
  data.signals.columns = {"step", "shc", "pr", "trace", "shc_detrended", "pr_detrended", "trace_detrended",
                          "alarm"};
  Tensor<double> signals(Shape{rows, data.signals.columns.size()}, 0.0);
  Tensor<double> modes(Shape{rows, 1, n});
  for (std::size_t row = 0; row < rows; ++row) {
    const Tensor<double> covariance =
        window_covariance(data.losses, row + data.window - 1, data.window, cells);
    double trace = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) trace += covariance(i, i);
    for (const double entry : covariance.flat()) squares += entry * entry;
    const double count = static_cast<double>(n), shc = squares / count - trace * trace / (count * count);
    const double values[] = {static_cast<double>(row + data.window - 1),
                             shc,
                             trace * trace / squares,
                             trace,
                             shc / 3,
                             1.2 * trace * trace / squares,
                             trace / 2,
                             0};
    std::copy(std::begin(values), std::end(values), signals.row(row).begin());
    const auto eigen = blas::symmetric_eigen(covariance, 1);
    std::copy_n(eigen.vectors.data(), n, modes.data() + row * n);
  }
  data.signals.values = signals;
  data.modes = modes;
}

/// Writes into the signals, which are read only.
inline void set_signal(ReportData& data, std::size_t row, std::size_t column, double value) {
  Tensor<double> signals = data.signals.values.tensor();
  signals(row, column) = value;
  data.signals.values = signals;
}

inline ReportData make_run(const FixtureOptions& options = {}) {
  ReportData data;
  data.title = "schematic";
  data.subtitle = "seed 7, a made-up run";
  data.provenance = R"({"setting": "schematic", "seed": 7, "window": 40,
                        "parameters": {"steps": 400, "noise": 0.05, "groups": ["A", "B", "C"]},
                        "versions": {"premelt": "0.1.0", "blas": "OpenBLAS 0.3.21", "kernel": "Haswell"}})";
  data.window = options.window;
  fill_losses(options, data);
  fill_order(options, data);
  fill_signals(data);
  data.null = {4.0e-7, 5.5e-7, 23.4, 2.5};
  return data;
}

/// Four transitions, T=3300, n=64, W=80.
inline ReportData make_large_run() {
  FixtureOptions options;
  options.recordings = 3300;
  options.window = 80;
  options.probes_per_block = 16;
  options.drops = {
      {"mode1", 331, 15, 1.0}, {"mode2", 635, 30, 0.6}, {"mode3", 1198, 60, 0.4}, {"mode4", 2268, 110, 0.2}};
  options.noise = 0.002;
  ReportData data = make_run(options);
  data.title = "deep-linear";
  return data;
}

}  // namespace premelt::report
