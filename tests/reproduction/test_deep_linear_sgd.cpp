/// The deep linear network under SGD: when SHC leads the half-way point, alignment, and how much of it is
/// drift.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "models/settings/registry.hpp"
#include "rdm/window/statistics.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/reproduction/traces.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, seeds = 30;
constexpr std::array strengths{4.0, 2.0, 1.0, 0.5};
constexpr double tau = 200;
constexpr std::size_t modes = strengths.size();

std::size_t reached(const std::vector<double>& series, double level) {
  return static_cast<std::size_t>(std::ranges::find_if(series, [&](double x) { return x >= level; }) -
                                  series.begin());
}

/// The recordings in which mode k's SHC peak is looked for: between the geometric means of half-times.
std::pair<std::size_t, std::size_t> segment(const RunTrace& run, std::size_t k) {
  const auto half = [&](std::size_t mode) {
    return static_cast<double>(reached(run.order[mode], strengths[mode] / 2));
  };
  const double from = k == 0 ? 0 : std::sqrt(half(k - 1) * half(k));
  const double to = k + 1 == modes ? static_cast<double>(run.steps.size()) : std::sqrt(half(k) * half(k + 1));
  return {static_cast<std::size_t>(from), static_cast<std::size_t>(to)};
}

/// The recording at which mode k's SHC peaks.
std::size_t peak(const RunTrace& run, std::size_t k, std::size_t window) {
  const auto [from, to] = segment(run, k);
  const SignalTrace found = signals(run, window, 1, from, to);
  return found.newest[static_cast<std::size_t>(std::ranges::max_element(found.shc) - found.shc.begin())];
}

/// Shares of modes whose SHC peak comes before the half-way point and before 95 %, over all seeds.
struct Shares {
  double before_half = 0, before_end = 0, chance_half = 0, chance_end = 0, lead = 0;
};

Shares peak_shares(const std::vector<RunTrace>& runs, double window_in_units) {
  Shares result;
  const double unit = 1 / static_cast<double>(runs.size() * modes);
  for (const RunTrace& run : runs) {
    for (std::size_t k = 0; k < modes; ++k) {
      const auto window = static_cast<std::size_t>(std::lround(window_in_units * tau / strengths[k]));
      const std::size_t when = peak(run, k, window), half = reached(run.order[k], strengths[k] / 2),
                        end = reached(run.order[k], 0.95 * strengths[k]);
      const auto [from, to] = segment(run, k);
      const auto chance = [from = from, to = to](std::size_t step) {
        return static_cast<double>(std::min(step, to) - from) / static_cast<double>(to - from);
      };
      result.before_half += unit * (when < half);
      result.before_end += unit * (when < end);
      result.chance_half += unit * chance(half);
      result.chance_end += unit * chance(end);
      result.lead += unit * (static_cast<double>(half) - static_cast<double>(when)) * strengths[k] / tau;
    }
  }
  return result;
}

std::vector<RunTrace> runs_of(const Overrides& overrides) {
  std::vector<RunTrace> runs;
  for (int seed = first_seed; seed < first_seed + seeds; ++seed)
    runs.push_back(trace("deep-linear", overrides, seed));
  return runs;
}

/// Share of the modes first..last-1 whose SHC peak (W = 20) comes before their singular vectors align to
/// 0.95.
double alignment_lead(const std::vector<RunTrace>& runs, std::size_t first = 0, std::size_t last = modes) {
  double share = 0;
  for (const RunTrace& run : runs) {
    for (std::size_t k = first; k < last; ++k)
      share += peak(run, k, 20) < reached(run.order[modes + k], 0.95);
  }
  return share / static_cast<double>(runs.size() * (last - first));
}

/// Drift share of tr C (W = 20) where mode k falls fastest: of 40 replicas that share start, teacher and
/// probes and see different data.
double drift_share(std::size_t k, Overrides overrides, int seed) {
  constexpr int replicas = 40;
  constexpr std::size_t window = 20;
  overrides.emplace_back("seed", std::to_string(seed));
  const Hyperparameters parameters = with("deep-linear", overrides);
  RunTrace mean;
  std::pair<std::size_t, std::size_t> range;
  std::vector<SignalTrace> single;
  for (int r = 0; r < replicas; ++r) {
    const auto experiment = find_setting("deep-linear").make(parameters);
    experiment->reseed(static_cast<std::uint64_t>(r));
    const RunTrace run = record_run(*experiment, parameters);
    if (r == 0) {
      range = segment(run, k);
      range.first = std::max(range.first, window);
      mean.steps = run.steps;
      mean.losses = Tensor<double>(run.losses.shape(), 0.0);  // its own: copies of a tensor share its values
    }
    single.push_back(signals(run, window, 1, range.first, range.second));
    for (std::size_t i = 0; i < run.losses.size(); ++i)
      mean.losses.flat()[i] += run.losses.flat()[i] / replicas;
  }
  const std::vector<double> of_mean = signals(mean, window, 1, range.first, range.second).trace;
  const auto steepest = static_cast<std::size_t>(std::ranges::max_element(of_mean) - of_mean.begin());
  double whole = 0;
  for (const SignalTrace& s : single) whole += s.trace[steepest] / replicas;
  // tr C = drift + noise, and of the mean trajectory drift + noise/R.
  return (replicas * of_mean[steepest] - whole) / ((replicas - 1) * whole);
}

}  // namespace

TEST_CASE("deep-linear, SGD: a short window's SHC peaks before the half-way point, a long one's after",
          "[reproduction]") {
  const std::vector<RunTrace> runs = runs_of({});
  const Shares narrow = peak_shares(runs, 0.4), wide = peak_shares(runs, 0.8);
  Measured measured("sgd/windows");
  measured("narrow/before_half", narrow.before_half);
  measured("narrow/chance_half", narrow.chance_half);
  measured("narrow/before_95", narrow.before_end);
  measured("narrow/chance_95", narrow.chance_end);
  measured("narrow/lead", narrow.lead);
  measured("wide/before_half", wide.before_half);
  CHECK(narrow.before_half >= 0.85);
  CHECK(narrow.before_end >= 0.99);
  CHECK(wide.before_half <= 0.40);
  const double lead = alignment_lead(runs);
  measured("before_alignment", lead);
  CHECK(lead <= 0.02);
}

TEST_CASE("deep-linear, SGD: with three layers the order of SHC peak and alignment depends on the mode",
          "[reproduction]") {
  const std::vector<RunTrace> runs = runs_of({{"depth", "3"}, {"steps", "4500"}});
  std::array<double, modes> shares;
  Measured measured("sgd/three_layers");
  for (std::size_t k = 0; k < modes; ++k) {
    shares[k] = alignment_lead(runs, k, k + 1);
    measured("mode" + std::to_string(k + 1), shares[k]);
  }
  const double all = alignment_lead(runs);
  measured("all", all);
  CHECK(all == Approx(0.5).margin(0.2));
  CHECK(shares.front() <= 0.2);
  CHECK(shares.back() >= 0.8);
}

TEST_CASE("deep-linear, SGD: with ill-conditioned inputs SHC peaks before the directions align",
          "[reproduction]") {
  const double lead = alignment_lead(runs_of({{"condition_number", "10"}, {"steps", "4500"}}));
  Measured("sgd/condition_number")("before_alignment", lead);
  CHECK(lead >= 0.95);
}

TEST_CASE(
    "deep-linear, SGD: at mode 1 the window's variance is nearly all drift, at a noisy mode 4 it is not",
    "[reproduction]") {
  std::vector<double> first, noisy;
  for (int seed = first_seed; seed < first_seed + 10; ++seed)
    first.push_back(drift_share(0, {{"steps", "500"}}, seed));
  for (int seed = first_seed; seed < first_seed + 3; ++seed)
    noisy.push_back(drift_share(3, {{"label_noise", "1"}}, seed));
  Measured measured("sgd/drift_share");
  measured("mode1", first);
  measured("noisy_mode4", noisy);
  CHECK(median(first) >= 0.97);
  CHECK(median(noisy) <= 0.5);
}
