#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/null.hpp"
#include "tests/rdm/window/series.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

/// Mean, standard deviation and standard error of the mean.
struct Sample {
  explicit Sample(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    for (double x : values) mean += x / count;
    for (double x : values) sd += (x - mean) * (x - mean) / (count - 1);
    sd = std::sqrt(sd);
    error = sd / std::sqrt(count);
  }
  double mean = 0, sd = 0, error = 0;
};

}  // namespace

TEST_CASE("null formulas give the stated check values", "[unit]") {
  // theory.md §5, divisor m = W-1.
  const IidNull few = sample_null(30, 21, 1), many = sample_null(20, 41, 1);
  CHECK(std::abs(few.shc_mean() - 1.547) < 5e-4);
  CHECK(std::abs(1 / few.participation_ratio() - 0.0847) < 5e-5);
  CHECK(std::abs(many.shc_mean() - 0.5225) < 5e-5);
  CHECK(std::abs(1 / many.participation_ratio() - 0.0761) < 5e-5);
  // With 1/W instead, (m/W)² times that.
  CHECK(close(window_null(30, 21, 1).shc_mean(), few.shc_mean() * std::pow(20.0 / 21, 2), 1e-12));
  // settings.md A and E.
  const IidNull schematic = window_null(60, 40, 0.05);
  CHECK(std::abs(schematic.participation_ratio() - 23.42) < 5e-3);
  CHECK(close(schematic.shc_mean(), std::pow(0.05, 4) * 39 * 62 * 59 / (60 * 1600.0), 1e-12));
  CHECK(close(schematic.shc_cv(), 2 * std::sqrt(1 + 120.0 / 39) / 60, 1e-12));
  CHECK(std::abs(schematic.shc_threshold() / schematic.shc_mean() - 1.27) < 5e-3);
}

TEST_CASE("the i.i.d. null agrees with Monte Carlo", "[property]") {
  const double s = 0.05;
  struct Case {
    std::size_t probes, window;
    Detrend detrend;
  };
  for (const Case& c : {Case{60, 40, Detrend::none}, {20, 41, Detrend::none}, {15, 30, Detrend::linear}}) {
    const IidNull null = window_null(c.probes, c.window, s, c.detrend);
    std::vector<double> shc, inverse_pr;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      const Moments m = moments(window_over(noise(c.window, c.probes, seed, s, 2), c.window), c.detrend);
      shc.push_back(m.spectral_heat_capacity());
      inverse_pr.push_back(1 / m.participation_ratio());
    }
    INFO("n = " << c.probes << ", W = " << c.window);
    const Sample heat(shc), inverse(inverse_pr);
    CHECK(std::abs(heat.mean - null.shc_mean()) < 4 * heat.error);
    CHECK(std::abs(inverse.mean - 1 / null.participation_ratio()) < 4 * inverse.error);
    // The coefficient of variation is a leading-order formula: 10 % (its own sampling error is 2 %).
    CHECK(std::abs(heat.sd / heat.mean / null.shc_cv() - 1) < 0.1);
  }
}

TEST_CASE("noise rarely crosses the null threshold in a long run", "[property]") {
  const double threshold = window_null(60, 40, 1).shc_threshold(), mean = window_null(60, 40, 1).shc_mean();
  std::vector<double> maxima;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Tensor<double> losses = noise(2039, 60, seed);
    LossWindow window(60, 40);
    double largest = 0;
    for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
      window.push(losses.row(t));
      if (window.full()) largest = test::worse_of(largest, moments(window).spectral_heat_capacity());
    }
    maxima.push_back(largest);
  }
  CHECK(std::abs(Sample(maxima).mean / mean - 1.215) < 0.015);                         // settings.md E
  CHECK(std::ranges::count_if(maxima, [&](double x) { return x > threshold; }) <= 9);  // 95 % point ± 3 sd
}

TEST_CASE("noise eigenvalues fill the Marchenko-Pastur interval", "[property]") {
  for (auto [probes, draws] : {std::pair<std::size_t, std::size_t>{100, 401}, {300, 151}}) {
    // s²(1 ± √(n/K))² with K = draws - 1, for large n and K.
    const double root = std::sqrt(static_cast<double>(probes) / static_cast<double>(draws - 1));
    const Interval edges{0.09 * (1 - root) * (1 - root), 0.09 * (1 + root) * (1 + root)};
    const std::size_t rank = std::min(probes, draws - 1);
    const Spectrum found = spectrum(noise(draws, probes, 1, 0.3), rank, Divisor::sample);
    CHECK(std::abs(found.eigenvalues(0) / edges.high - 1) < 0.05);
    CHECK(std::abs(found.eigenvalues(rank - 1) - edges.low) < 0.05 * edges.high);
  }
}

TEST_CASE("the participation ratio of a random walk follows from the dimension of its steps", "[property]") {
  CHECK(std::abs(random_walk_participation_ratio(1e6, 20000) - random_walk_participation_ratio_limit) < 1e-4);
  CHECK(std::abs(random_walk_participation_ratio(1, 40) - 1) < 1e-9);
  CHECK(std::abs(random_walk_participation_ratio(7, 2) - 1) < 1e-9);  // two points lie on a line
  CHECK_THROWS_AS(random_walk_participation_ratio(0.5, 40), UsageError);
  CHECK_THROWS_AS(random_walk_participation_ratio(3, 1), ShapeError);
  constexpr std::size_t probes = 60, window = 40;
  for (std::size_t d : {1u, 2u, 3u, 10u, 60u}) {
    std::vector<double> inverse, pr;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      const LossWindow walk = window_over(shared_walk(window, probes, d, seed), window);
      pr.push_back(moments(walk).participation_ratio());
      inverse.push_back(1 / pr.back());
    }
    const double formula = random_walk_participation_ratio(static_cast<double>(d), window);
    const Sample found(inverse), single(pr);
    INFO("d = " << d << ": formula " << formula << ", 1/E[1/PR] " << 1 / found.mean << ", E[PR] "
                << single.mean);
    CHECK(std::abs(found.mean - 1 / formula) <= 4 * found.error + 1e-9);
    CHECK(single.mean / formula >= 1 - 1e-9);
    CHECK(single.mean / formula <= 1.08);
  }
}

TEST_CASE("the null of a run's PR has the steps and the window of the run", "[property]") {
  for (std::size_t window : {10u, 40u}) {
    for (std::size_t d : {1u, 3u, 10u, 60u}) {
      const double found = random_walk_participation_ratio(shared_walk(2000, 60, d, d), window),
                   formula = random_walk_participation_ratio(static_cast<double>(d), window);
      INFO("W = " << window << ", d = " << d << ": found " << found << ", formula " << formula);
      CHECK(std::abs(found - formula) <= 0.1 * formula);
    }
  }
  const Tensor<double> still(Shape{50, 4}, 1.0);
  CHECK(std::isnan(random_walk_participation_ratio(still, 10)));  // no steps, no walk
  CHECK(std::isnan(random_walk_participation_ratio(shared_walk(9, 4, 2, 1), 10)));
}

TEST_CASE("a random walk with unequal steps is near the one of its dimension", "[property]") {
  constexpr std::size_t probes = 30, window = 40;
  for (double power : {0.5, 1.0, 2.0}) {  // standard deviations k^-power
    double trace = 0, squares = 0;
    std::vector<double> inverse;
    for (std::size_t i = 0; i < probes; ++i) {
      const double variance = std::pow(static_cast<double>(i + 1), -2 * power);
      trace += variance;
      squares += variance * variance;
    }
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      Tensor<double> walk = random_walk(window, probes, seed);
      for (std::size_t t = 0; t < window; ++t) {
        for (std::size_t i = 0; i < probes; ++i) walk(t, i) *= std::pow(static_cast<double>(i + 1), -power);
      }
      inverse.push_back(1 / moments(window_over(walk, window)).participation_ratio());
    }
    const double formula = random_walk_participation_ratio(trace * trace / squares, window);
    INFO("power " << power << ", d = " << trace * trace / squares << ": formula " << formula << ", found "
                  << 1 / Sample(inverse).mean);
    CHECK(std::abs(formula * Sample(inverse).mean - 1) <= 0.1);
  }
}

TEST_CASE("the noise level of a quiet stretch", "[property]") {
  for (Detrend detrend : all_detrends) {
    for (std::size_t rows : {3u, 4u, 30u}) {
      std::vector<double> squares;
      for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        squares.push_back(std::pow(noise_level(noise(rows, 5, seed, 0.2, 7), detrend), 2));
      }
      const Sample variance(squares);
      INFO("rows " << rows << ", detrend " << static_cast<int>(detrend));
      CHECK(std::abs(variance.mean - 0.04) < 4 * variance.error);
    }
  }
  CHECK_THROWS_AS(noise_level(noise(1, 5, 1)), ShapeError);
  CHECK_THROWS_AS(noise_level(noise(2, 5, 1), Detrend::linear), ShapeError);
  CHECK_THROWS_AS(noise_level(noise(2, 5, 1), Detrend::diff), ShapeError);
  CHECK_THROWS_AS(window_null(5, 2, 1, Detrend::linear), ShapeError);
  CHECK_THROWS_AS(window_null(5, 20, 1, Detrend::diff), UsageError);
  CHECK_THROWS_AS(sample_null(5, 1, 1), ShapeError);
}
