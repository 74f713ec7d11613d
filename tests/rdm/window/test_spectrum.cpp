#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/spectrum.hpp"
#include "tests/rdm/window/series.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

struct Size {
  std::size_t probes, window;
};
constexpr Size sizes[] = {{5, 20}, {20, 5}, {8, 8}, {1, 6}, {6, 3}, {40, 41}};

/// A window of noise with a shared mode and a drift, so that eigenvalues span some decades.
LossWindow lively_window(const Size& size, std::uint64_t seed) {
  Tensor<double> losses = noise(3 * size.window, size.probes, seed, 0.1, 2.0);
  const Tensor<double> shared = noise(3 * size.window, 1, seed + 100);
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
    for (std::size_t i = 0; i < size.probes; ++i) {
      losses(t, i) += shared(t, 0) * std::cos(static_cast<double>(i)) + 0.02 * static_cast<double>(t * i);
    }
  }
  return window_over(losses, size.window);
}

double norm(const Tensor<double>& m) {
  return std::sqrt(blas::dot(m.size(), m.data(), m.data()));
}

double dot(std::span<const double> v, std::span<const double> w) {
  return blas::dot(v.size(), v.data(), w.data());
}

/// ‖Cv - λv‖.
double residual(const Tensor<double>& c, std::span<const double> v, double lambda) {
  double squares = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double difference = dot(c.row(i), v) - lambda * v[i];
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("moments are the sums over the spectrum of C", "[property]") {
  for (const Size& size : sizes) {
    for (Detrend detrend : all_detrends) {
      const LossWindow window = lively_window(size, 1);
      const Tensor<double> c = covariance(window, detrend), values = blas::symmetric_eigenvalues(c);
      const auto n = static_cast<double>(size.probes);
      const double sum = std::reduce(values.flat().begin(), values.flat().end());
      const double squares = dot(values.flat(), values.flat());
      INFO("n = " << size.probes << ", W = " << size.window << ", detrend " << static_cast<int>(detrend));
      for (const Moments& m : {moments(window, detrend), spectrum(window, 2, detrend).moments}) {
        CHECK(close(m.trace, sum, 1e-10));
        CHECK(close(m.frobenius * m.frobenius, squares, 1e-10));
        const double shc = m.spectral_heat_capacity(), pr = m.participation_ratio();
        CHECK(std::abs(shc - (squares / n - sum * sum / (n * n))) <= 1e-10 * squares);
        CHECK(std::abs(shc - std::pow(m.trace / n, 2) * (n / pr - 1)) <= 1e-10 * squares);
        CHECK(pr >= 1 - 1e-12);
        CHECK(pr <= std::min(n, static_cast<double>(window.effective_rows(detrend)) - 1) + 1e-12);
        CHECK(shc >= 0);
      }
    }
  }
}

TEST_CASE("the Gram and the covariance have the same spectrum, of rank at most min(n, W-1)", "[property]") {
  for (const Size& size : sizes) {
    const LossWindow window = lively_window(size, 2);
    const Tensor<double> primal = blas::symmetric_eigenvalues(covariance(window));
    const Tensor<double> dual = blas::symmetric_eigenvalues(window.gram());
    const std::size_t rank = std::min(size.probes, size.window - 1);
    const Spectrum found = spectrum(window, size.probes + 2);
    INFO("n = " << size.probes << ", W = " << size.window);
    for (std::size_t j = 0; j < size.probes + 2; ++j) {
      const double scaled = j < size.window ? dual(j) / static_cast<double>(size.window) : 0;
      if (j < size.probes) CHECK(std::abs(primal(j) - scaled) <= 1e-10 * primal(0));
      CHECK(std::abs(found.eigenvalues(j) - scaled) <= 1e-10 * primal(0));
      CHECK((found.eigenvalues(j) > 0) == (j < rank));
      CHECK(std::isnan(found.modes(j, 0)) == (j >= rank));
    }
  }
}

TEST_CASE("modes are orthonormal eigenvectors of C with their largest component positive", "[property]") {
  for (const Size& size : sizes) {
    for (Detrend detrend : all_detrends) {
      const LossWindow window = lively_window(size, 3);
      const Tensor<double> c = covariance(window, detrend);
      const Spectrum found = spectrum(window, 3, detrend);
      INFO("n = " << size.probes << ", W = " << size.window << ", detrend " << static_cast<int>(detrend));
      for (std::size_t j = 0; j < 3 && found.eigenvalues(j) > 0; ++j) {
        const auto v = found.modes.row(j);
        CHECK(residual(c, v, found.eigenvalues(j)) <= 1e-10 * norm(c));
        for (std::size_t i = 0; i <= j; ++i) CHECK(std::abs(dot(found.modes.row(i), v) - (i == j)) < 1e-12);
        CHECK(*std::ranges::max_element(v, {}, [](double x) { return std::abs(x); }) > 0);
      }
    }
  }
}

TEST_CASE("a faint second mode is still orthogonal to a strong first one", "[property]") {
  Tensor<double> losses = noise(12, 30, 4, 1e-5);
  for (std::size_t t = 0; t < 12; ++t) {
    for (std::size_t i = 0; i < 30; ++i) losses(t, i) += std::pow(static_cast<double>(t), 2);
  }
  const Spectrum found = spectrum(window_over(losses, 12), 2);
  REQUIRE(found.eigenvalues(1) > 0);
  CHECK(found.eigenvalues(1) < 1e-11 * found.eigenvalues(0));
  CHECK(overlap(found.modes.row(0), found.modes.row(1)) < 1e-12);
  CHECK(close(dot(found.modes.row(1), found.modes.row(1)), 1, 1e-12));
}

TEST_CASE("equal magnitudes do not make the sign of a mode arbitrary", "[property]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Tensor<double> jitter = noise(1, 6, seed, 1e-12);  // chance decides which magnitude is the largest
    std::vector<double> velocity{0.1, -0.1, 0.1, -0.1, -0.1, 0.1};
    for (std::size_t i = 0; i < 6; ++i) velocity[i] = (seed % 2 == 0 ? 1 : -1) * velocity[i] + jitter(0, i);
    for (std::size_t window : {2u, 9u}) {
      const Spectrum found = spectrum(window_over(drift(9, velocity), window), 1);
      CHECK(close(found.modes(0, 0), std::sqrt(1.0 / 6), 1e-9));
      CHECK(close(found.modes(0, 1), -std::sqrt(1.0 / 6), 1e-9));
    }
  }
}

TEST_CASE("constant loss velocity: one mode of known height", "[property]") {
  const std::vector<double> g{0.3, -0.1, 0.02, 0.0, 0.25};
  const double speed_squared = dot(g, g), n = 5;
  for (std::size_t window : {2u, 4u, 11u, 40u}) {
    const auto w = static_cast<double>(window);
    for (double every : {1.0, 5.0}) {  // k steps between recordings
      std::vector<double> per_recording = g;
      for (double& x : per_recording) x *= every;
      const LossWindow losses = window_over(drift(100, per_recording), window);
      const Spectrum found = spectrum(losses, 2);
      const double lambda = every * every * (w * w - 1) * speed_squared / 12;
      CHECK(close(found.eigenvalues(0), lambda, 1e-12));
      CHECK(close(found.moments.participation_ratio(), 1, 1e-12));
      CHECK(close(found.moments.spectral_heat_capacity(), lambda * lambda * (n - 1) / (n * n), 1e-12));
      for (std::size_t i = 0; i < g.size(); ++i) {
        CHECK(std::abs(found.modes(0, i) - g[i] / std::sqrt(speed_squared)) < 1e-12);
      }
      for (Detrend detrend : {Detrend::linear, Detrend::diff}) {
        CHECK(moments(losses, detrend).trace == 0);
        CHECK(norm(covariance(losses, detrend)) == 0);
        CHECK(spectrum(losses, 1, detrend).eigenvalues(0) == 0);
        CHECK(std::isnan(moments(losses, detrend).participation_ratio()));
      }
    }
  }
}

TEST_CASE("equal eigenvalues: heat capacity zero, never negative", "[unit]") {
  const double a = std::sqrt(0.1);
  const Tensor<double> losses(Shape{4, 2}, {a, a, a, -a, -a, a, -a, -a});
  const Moments m = moments(window_over(losses, 4));
  CHECK(m.spectral_heat_capacity() >= 0);
  CHECK(m.spectral_heat_capacity() < 1e-17);
  CHECK(close(m.participation_ratio(), 2, 1e-12));
}

TEST_CASE("a single probe has no heat capacity, whatever it does", "[unit]") {
  const Moments m = moments(window_over(noise(50, 1, 5), 9));  // one eigenvalue does not vary
  CHECK(m.spectral_heat_capacity() == 0);
  CHECK(m.trace > 0);
  CHECK(close(m.participation_ratio(), 1, 1e-12));
}

TEST_CASE("a loss matrix of any origin, with either divisor", "[unit]") {
  for (const Size& size : sizes) {
    const Tensor<double> losses = noise(size.window, size.probes, 6, 0.5, 1e3);
    const Spectrum window = spectrum(window_over(losses, size.window), 2);
    const Spectrum population = spectrum(losses, 2, Divisor::population);
    const Spectrum sample = spectrum(losses, 2, Divisor::sample);
    const auto w = static_cast<double>(size.window);
    const double ratio = w / (w - 1);
    CHECK(close(population.moments.trace, window.moments.trace, 1e-10));
    CHECK(close(sample.moments.trace, ratio * window.moments.trace, 1e-10));
    CHECK(close(moments(losses, Divisor::sample).frobenius, ratio * window.moments.frobenius, 1e-10));
    CHECK(close(sample.eigenvalues(0), ratio * window.eigenvalues(0), 1e-10));
    CHECK(close(overlap(sample.modes.row(0), window.modes.row(0)), 1, 1e-10));
    const Tensor<double> c = covariance(losses, Divisor::sample);
    CHECK(c.shape() == Shape{size.probes, size.probes});
    CHECK(residual(c, sample.modes.row(0), sample.eigenvalues(0)) <= 1e-10 * norm(c));
  }
  CHECK_THROWS_AS(moments(Tensor<double>(Shape{1, 4}, 0.0), Divisor::sample), ShapeError);
  CHECK_THROWS_AS(spectrum(Tensor<double>(Shape{4}, 0.0), 1, Divisor::sample), ShapeError);
  CHECK_THROWS_AS(covariance(Tensor<double>(Shape{4, 0}, 0.0), Divisor::population), ShapeError);
}

TEST_CASE("overlap ignores sign and keeps NaN", "[unit]") {
  const std::vector<double> v{0.6, 0.8}, w{-0.6, -0.8}, x{0.8, -0.6}, nan{NAN, NAN};
  CHECK(close(overlap(v, w), 1, 1e-15));
  CHECK(overlap(v, x) < 1e-15);
  CHECK(std::isnan(overlap(v, nan)));
}
