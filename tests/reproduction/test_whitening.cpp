/// Whitening by the covariance of a null: it helps SHC only when the null is not the run's own.

#include <algorithm>
#include <catch2/catch.hpp>

#include "engine/linalg/blas.hpp"
#include "models/settings/registry.hpp"
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
Watch whitened(RunTrace run, const Tensor<double>& by, std::size_t end) {
  const std::size_t n = by.shape()[0], start = segment_start(run);
  Tensor<double> turned(run.losses.shape());
  blas::gemm(blas::Transpose::no, blas::Transpose::no, run.losses.shape()[0], n, n, 1.0, run.losses.data(), n,
             by.data(), n, 0.0, turned.data(), n);
  run.losses = turned;
  const SignalTrace found = signals(run, window, 1, start, end + 1);
  Watch watch{{}, found.shc, static_cast<std::int64_t>(end)};
  for (std::size_t t : found.newest) watch.steps.push_back(static_cast<std::int64_t>(t));
  return watch;
}

}  // namespace

TEST_CASE("whitening: SHC of losses whitened by another null's covariance", "[reproduction]") {
  WatchSet crossed, own, raw;
  std::vector<std::size_t> ends;
  const auto identity = [] {
    Tensor<double> result(Shape{64, 64}, 0.0);
    for (std::size_t i = 0; i < 64; ++i) result(i, i) = 1;
    return result;
  }();
  for (int seed = 200; seed < 200 + runs; ++seed) {
    const RunTrace run = replica("none", seed, "data");
    ends.push_back(reached(run.order[mode], strength / 2));
    // Of the very probes: a null whose probes have other labels is told apart from the run by these.
    const RunTrace null = replica("mode3", seed, "null", "teacher");
    crossed.events.push_back(whitened(run, plateau_whitener(null), ends.back()));
    raw.events.push_back(whitened(run, identity, ends.back()));
  }
  own.events = crossed.events;
  std::ranges::sort(ends);
  const std::size_t horizon = ends[ends.size() / 2];
  for (int seed = 300; seed < 300 + 2 * runs; ++seed) {
    const RunTrace control = replica("mode3", seed, "data"), null = replica("mode3", seed, "null");
    const auto add = [&](WatchSet& set, const Tensor<double>& by, const RunTrace& run) {
      (seed < 300 + runs ? set.calibration : set.controls).push_back(whitened(run, by, horizon));
    };
    add(crossed, plateau_whitener(null), control);
    add(raw, identity, control);
    // The mistake: calibration on the very nulls that gave the covariance.
    add(own, plateau_whitener(null), seed < 300 + runs ? null : control);
  }
  Measured measured("whitening");
  const auto scored = [&](const std::string& key, const WatchSet& set) {
    const Score found = score(set, 3);
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
