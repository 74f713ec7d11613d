/// Whitening by the covariance of a null: it helps SHC only when the null is not the run's own.

#include <algorithm>
#include <catch2/catch.hpp>

#include "engine/linalg/blas.hpp"
#include "models/settings/registry.hpp"
#include "rdm/scoring/scoring.hpp"
#include "rdm/scoring/whitening.hpp"
#include "rdm/window/statistics.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/reproduction/traces.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int runs = 20;
constexpr std::size_t window = 40, mode = 2;  // mode 3
constexpr double strength = 1, before = 2;    // S_3, S_2
const Overrides task{{"label_noise", "1"}, {"window", "40"}};

/// The same teacher, probes and start; other data. `control` replaces modes from 3 on by noise.
RunTrace replica(const std::string& control, int seed, const std::string& stream,
                 const std::string& probes = "own") {
  Overrides all = task;
  all.emplace_back("control_probes", probes);
  all.emplace_back("seed", std::to_string(seed));
  all.emplace_back("control", control);
  const Hyperparameters parameters = with("deep-linear", all);
  const auto experiment = find_setting("deep-linear").make(parameters);
  Checkpoint start;
  experiment->save(start);
  start.streams["data"] = Rng(static_cast<std::uint64_t>(seed), stream).state();
  start.streams["noise"] = Rng(static_cast<std::uint64_t>(seed), stream + " noise").state();
  experiment->load(start);
  return record_run(*experiment, parameters);
}

std::size_t reached(const std::vector<double>& series, double level) {
  return static_cast<std::size_t>(std::ranges::find_if(series, [&](double x) { return x >= level; }) -
                                  series.begin());
}

/// One window after mode 2 is 98 % complete.
std::size_t segment_start(const RunTrace& run) {
  return reached(run.order[mode - 1], 0.98 * before) + window;
}

Tensor<double> rows(const RunTrace& run, std::size_t from, std::size_t to) {
  Tensor<double> result(Shape{to - from, run.losses.shape()[1]});
  for (std::size_t t = from; t < to; ++t) std::ranges::copy(run.losses.row(t), result.row(t - from).begin());
  return result;
}

/// Whitens by a null's plateau.
Tensor<double> plateau_whitener(const RunTrace& null) {
  return whitener(rows(null, segment_start(null), null.steps.size())).value();
}

/// SHC of the whitened losses in the segment of mode 3, up to `end`.
Rises whitened(RunTrace run, const Tensor<double>& by, std::size_t end) {
  const std::size_t n = by.shape()[0], start = segment_start(run);
  Tensor<double> turned(run.losses.shape());
  blas::gemm(blas::Transpose::no, blas::Transpose::no, run.losses.shape()[0], n, n, 1.0, run.losses.data(), n,
             by.data(), n, 0.0, turned.data(), n);
  run.losses = turned;
  const SignalTrace found = signals(run, window, 1, start, end + 1);
  const auto time = [&](std::size_t t) {
    return static_cast<std::int64_t>(t) - static_cast<std::int64_t>(start);
  };
  Watched watched{{}, found.shc, time(end)};
  for (std::size_t t : found.newest) watched.times.push_back(time(t));
  return rises(watched, 3);
}

}  // namespace

TEST_CASE("whitening: SHC of losses whitened by another null's covariance", "[reproduction]") {
  Halves crossed, own, raw;
  const auto identity = [] {
    Tensor<double> result(Shape{64, 64}, 0.0);
    for (std::size_t i = 0; i < 64; ++i) result(i, i) = 1;
    return result;
  }();
  const auto add_events = [&](int first, Half Halves::*half) {
    for (int seed = first; seed < first + runs; ++seed) {
      const RunTrace run = replica("none", seed, "data");
      const std::size_t end = reached(run.order[mode], strength / 2);
      // Of the very probes: a null whose probes have other labels is told apart from the run by these.
      const RunTrace null = replica("mode3", seed, "null", "teacher");
      (crossed.*half).events.push_back(whitened(run, plateau_whitener(null), end));
      (raw.*half).events.push_back(whitened(run, identity, end));
      (own.*half).events.push_back((crossed.*half).events.back());
    }
  };
  const auto add_controls = [&](int first, Half Halves::*half) {
    for (int seed = first; seed < first + runs; ++seed) {
      const RunTrace control = replica("mode3", seed, "data"), null = replica("mode3", seed, "null");
      const Tensor<double> by = plateau_whitener(null);
      const std::size_t end = control.steps.size() - 1;
      (crossed.*half).controls.push_back(whitened(control, by, end));
      (raw.*half).controls.push_back(whitened(control, identity, end));
      // The mistake: thresholds from the very nulls that gave the covariance.
      (own.*half).controls.push_back(whitened(half == &Halves::development ? null : control, by, end));
    }
  };
  add_events(200, &Halves::held_out);
  add_controls(300, &Halves::development);
  add_controls(300 + runs, &Halves::held_out);
  add_events(300 + 2 * runs, &Halves::development);
  Measured measured("whitening");
  const auto scored = [&](const std::string& key, const Halves& halves) {
    const Score found = Scorer().score(halves);
    measured(key + "/lead", found.median_lead);
    measured(key + "/detected", found.detection_rate);
    measured(key + "/false_alarms", found.false_alarm_rate);
    return found;
  };
  const Score without = scored("raw", raw), with_other = scored("cross_fitted", crossed),
              overfitted = scored("in_sample", own);
  CHECK(overfitted.false_alarm_rate >= with_other.false_alarm_rate + 0.15);
  CHECK(with_other.median_lead > without.median_lead);
}
