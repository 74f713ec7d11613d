#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/view.hpp"
#include "tests/rdm/window/series.hpp"
#include "tests/support/live_memory.hpp"

using namespace premelt;
using namespace premelt::testing;
using Catch::Matchers::Contains;

namespace {

/// exp of a walk: positive, and it moves.
Tensor<double> positive_walk(std::size_t recordings, std::size_t probes, std::uint64_t seed) {
  Tensor<double> losses = random_walk(recordings, probes, seed);
  for (double& loss : losses.flat()) loss = std::exp(0.1 * loss);
  return losses;
}

/// diag(values), turned by the rotations that take axis 0 towards each other axis by `angle`.
Tensor<double> turned_diagonal(const std::vector<double>& values, double angle) {
  const std::size_t n = values.size();
  Tensor<double> q(Shape{n, n}, 0.0), a(Shape{n, n}, 0.0);
  for (std::size_t i = 0; i < n; ++i) q(i, i) = 1;
  for (std::size_t j = 1; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double x = q(i, 0), y = q(i, j);
      q(i, 0) = std::cos(angle) * x - std::sin(angle) * y;
      q(i, j) = std::sin(angle) * x + std::cos(angle) * y;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) a(i, j) += q(i, k) * values[k] * q(j, k);
    }
  }
  return a;
}

double solved(const Tensor<double>& matrix) {
  return blas::symmetric_eigenvalues(matrix)(0);
}

/// How many of the views' largest eigenvalues the full solver confirms to 1e-10; fails on one it does not.
std::size_t check_lambda1(const Tensor<double>& losses, std::size_t window) {
  Views views(losses.shape()[1], window);
  for (Detrend detrend : all_detrends) views.add({.suffix = "x", .detrend = detrend});
  std::size_t checked = 0;
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
    views.push(losses.row(t));
    if (!views.full()) continue;
    for (std::size_t v = 0; v < views.size(); ++v) {
      const double expected = spectrum(views[v].window(), 1, all_detrends[v]).eigenvalues(0);
      INFO("recording " << t << ", view " << v);
      REQUIRE(close(views[v].signals().lambda1, expected, 1e-10));
      ++checked;
    }
  }
  return checked;
}

}  // namespace

TEST_CASE("the warm-started largest eigenvalue is the full solver's", "[property]") {
  CHECK(check_lambda1(random_walk(120, 40, 1), 20) == 3 * 101);
  CHECK(check_lambda1(random_walk(120, 6, 2), 20) == 3 * 101);  // fewer probes than recordings
  CHECK(check_lambda1(noise(120, 30, 3, 0.1, 2.0), 20) == 3 * 101);
  CHECK(check_lambda1(shared_walk(120, 24, 3, 4), 20) == 3 * 101);
  CHECK(check_lambda1(drift(60, {1, -2, 0.5, 0}), 10) == 3 * 51);
  CHECK(check_lambda1(Tensor<double>(Shape{30, 4}, 0.25), 10) == 3 * 21);
}

TEST_CASE("the warm-started eigenvalue follows what moves slowly without the solver", "[unit]") {
  TopEigenvalue top;
  for (int t = 0; t < 50; ++t) {
    const Tensor<double> a = turned_diagonal({1 + 0.01 * t, 0.4, 0.2, 0.1}, 0.02 * t);
    const auto found = top(a, norm(a.flat()));
    REQUIRE(found);
    CHECK(close(*found, 1 + 0.01 * t, 1e-12));
  }
}

TEST_CASE("a crossing of eigenvalues is noticed, and equal ones are left to the solver", "[property]") {
  TopEigenvalue top;
  std::size_t vouched = 0;
  for (int t = 0; t <= 100; ++t) {
    // Without rotation the iteration sits exactly on the eigenvector that is overtaken at t = 50.
    const Tensor<double> a = turned_diagonal({2 - 0.02 * t, 0.1, 0.02 * t, 0.05}, 0);
    const auto found = top(a, norm(a.flat()));
    if (!found) continue;
    ++vouched;
    REQUIRE(close(*found, solved(a), 1e-12));
  }
  CHECK(vouched > 80);
  for (double angle : {0.0, 0.3, 1.0}) {
    const Tensor<double> pair = turned_diagonal({1, 1, 0.2}, angle),
                         all = turned_diagonal({1, 1, 1, 1}, angle);
    CHECK_FALSE(TopEigenvalue()(pair, norm(pair.flat())));
    CHECK_FALSE(TopEigenvalue()(all, norm(all.flat())));
  }
}

TEST_CASE("the largest eigenvalue of nothing, of one direction and of tiny numbers", "[unit]") {
  const Tensor<double> zero(Shape{3, 3}, 0.0);
  CHECK(TopEigenvalue()(zero, 0) == 0.0);
  const auto nothing = TopEigenvalue()(Tensor<double>(Shape{3, 3}, std::nan("")), std::nan(""));
  REQUIRE(nothing);
  CHECK(std::isnan(*nothing));
  for (double scale : {1.0, 1e-200, 1e200}) {
    Tensor<double> a = turned_diagonal({1, 0, 0}, 0.4);
    for (double& x : a.flat()) x *= scale;
    const auto found = TopEigenvalue()(a, norm(a.flat()));
    REQUIRE(found);
    CHECK(close(*found, scale, 1e-12));
  }
}

TEST_CASE("views of one stream see to the bit what windows of their own would", "[property]") {
  const Tensor<double> losses = positive_walk(75, 9, 5);
  const std::vector<std::size_t> some{1, 2, 7};
  Tensor<double> logs(Shape{75, some.size()});
  for (std::size_t t = 0; t < 75; ++t) {
    for (std::size_t i = 0; i < some.size(); ++i) logs(t, i) = std::log(losses(t, some[i]));
  }
  Views views(9, 12);
  for (Detrend detrend : all_detrends) {
    views.add({.suffix = "raw", .detrend = detrend});
    views.add({.suffix = "log", .transform = Transform::log, .probes = some, .detrend = detrend});
  }
  LossWindow raw(9, 12), log(3, 12);
  for (std::size_t t = 0; t < 75; ++t) {
    views.push(losses.row(t));
    raw.push(losses.row(t));
    log.push(logs.row(t));
    if (!views.full()) continue;
    for (std::size_t v = 0; v < views.size(); ++v) {
      const LossWindow& own = v % 2 == 0 ? raw : log;
      const Detrend detrend = all_detrends[v / 2];
      INFO("recording " << t << ", view " << v);
      const Moments seen = views[v].signals().moments, expected = moments(own, detrend);
      REQUIRE(seen.trace == expected.trace);
      REQUIRE(seen.frobenius == expected.frobenius);
      const Spectrum modes = views[v].spectrum(1), modes_expected = spectrum(own, 1, detrend);
      REQUIRE(modes.modes(0, 1) == modes_expected.modes(0, 1));
    }
  }
}

TEST_CASE("three views of 10000 probes hold their recordings once", "[unit]") {
  constexpr std::size_t n = 10000, window = 100;
  const Tensor<double> losses = positive_walk(window, n, 6);
  const std::size_t before = test::live_memory();
  Views views(n, window);
  views.add({});
  views.add({.suffix = "detrended", .detrend = Detrend::linear});
  views.add({.suffix = "log", .transform = Transform::log});
  for (std::size_t t = 0; t < window; ++t) views.push(losses.row(t));
  for (std::size_t v = 0; v < views.size(); ++v) CHECK(views[v].signals().moments.trace > 0);
  const std::size_t once = window * n * sizeof(double), bytes = test::live_memory() - before;
  CAPTURE(bytes, once);
  // The recordings, and for each of two Grams the rows it is taken of; raw and detrended share one.
  CHECK(bytes < 3 * once + once / 5);
}

TEST_CASE("from a loss without a logarithm on a view of logarithms says nothing, the others go on",
          "[unit]") {
  Views views(3, 4);
  views.add({});
  views.add({.suffix = "log", .transform = Transform::log});
  views.add({.suffix = "log_some", .transform = Transform::log, .probes = {0, 2}});
  CHECK_FALSE(probe_without_logarithm(views[0].channel(), std::vector<double>{-1, 0, -1}));
  CHECK(probe_without_logarithm(views[1].channel(), std::vector<double>{1, 0, -1}) == 1u);
  CHECK(probe_without_logarithm(views[2].channel(), std::vector<double>{1, 0, -1}) == 2u);
  CHECK(probe_without_logarithm({.transform = Transform::log}, std::vector<double>{1, 2, NAN}) == 2u);
  const Tensor<double> losses = positive_walk(20, 3, 7);
  for (std::size_t t = 0; t < 20; ++t) {
    std::vector<double> row(losses.row(t).begin(), losses.row(t).end());
    if (t == 9) row[1] = 0;
    views.push(row);
    if (!views.full()) continue;
    INFO("recording " << t);
    CHECK(views[0].signals().moments.trace > 0);
    CHECK(views[1].defined() == (t < 9));
    CHECK(std::isnan(views[1].signals().moments.trace) == (t >= 9));
    CHECK(std::isnan(views[1].signals().lambda1) == (t >= 9));
    CHECK(views[2].signals().moments.trace > 0);
  }
}

TEST_CASE("a view multiplies by its basis, and without one to multiply by it is undefined", "[unit]") {
  const Tensor<double> losses = noise(12, 2, 8);
  Tensor<double> swap(Shape{2, 2}, 0.0);
  swap(0, 1) = 3;
  swap(1, 0) = 1;
  Views views(2, 6);
  views.add({});
  views.add({.suffix = "turned", .basis = swap});
  views.add({.suffix = "unknown", .basis = Tensor<double>()});
  for (std::size_t t = 0; t < 12; ++t) views.push(losses.row(t));
  const Tensor<double> plain = covariance(views[0].window()), turned = covariance(views[1].window());
  CHECK(close(turned(0, 0), 9 * plain(1, 1), 1e-12));
  CHECK(close(turned(0, 1), 3 * plain(1, 0), 1e-12));
  CHECK(close(turned(1, 1), plain(0, 0), 1e-12));
  CHECK_FALSE(views[2].defined());
  CHECK(std::isnan(views[2].signals().moments.trace));
}

TEST_CASE("views refuse what no window could hold", "[unit]") {
  CHECK_THROWS_AS(Views(0, 4), ShapeError);
  CHECK_THROWS_AS(Views(3, 1), ShapeError);
  Views views(3, 4);
  CHECK_THROWS_WITH(views.add({.suffix = "x", .probes = {1, 3}}), Contains("probe 3 of 3"));
  views.add({});
  CHECK(std::isnan(views[0].signals().lambda1));  // nothing is held yet
  CHECK_THROWS_AS(views.push(std::vector<double>{1, 2}), ShapeError);
  CHECK_THROWS_AS(views.push(std::vector<double>{1, 2, NAN}), DataError);
  CHECK(views[0].window().size() == 0);
}
