#include "rdm/scoring/dynamics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "engine/tensor/random.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;

namespace {

/// Ornstein-Uhlenbeck processes that return at the rates k, sampled exactly every `dt`, as rows (r,T).
Tensor<double> returning(const std::vector<double>& rates, double dt, std::size_t steps) {
  Rng rng(5, "returning");
  Tensor<double> y(Shape{rates.size(), steps}, 0.0);
  for (std::size_t k = 0; k < rates.size(); ++k) {
    const double memory = std::exp(-rates[k] * dt);
    for (std::size_t t = 1; t < steps; ++t)
      y(k, t) = memory * y(k, t - 1) + std::sqrt(1 - memory * memory) * rng.normal();
  }
  return y;
}

/// The normal form of a fold, ẋ = x² − μ with noise, around its stable branch x = −√μ: one row.
Tensor<double> before_a_fold(double mu, double dt, std::size_t steps) {
  Rng rng(6, "fold");
  Tensor<double> x(Shape{1, steps});
  x(0, 0) = -std::sqrt(mu);
  for (std::size_t t = 1; t < steps; ++t) {
    const double now = x(0, t - 1);
    x(0, t) = now + dt * (now * now - mu) + 0.02 * std::sqrt(dt) * rng.normal();
  }
  return x;
}

Tensor<double> waves(std::size_t steps, std::size_t change = 10'000) {
  Tensor<double> y(Shape{1, steps});
  for (std::size_t t = 0; t < steps; ++t) {
    const double time = static_cast<double>(t);
    y(0, t) = std::exp(-0.03 * time) * std::cos(0.5 * time) + 0.3 * std::pow(0.9, time);
    if (t >= change) y(0, t) += std::sin(2 * time);
  }
  return y;
}

LossWindow filled(const Tensor<double>& losses) {
  LossWindow window(losses.shape()[1], losses.shape()[0]);
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) window.push(losses.row(t));
  return window;
}

}  // namespace

TEST_CASE("principal components: the spectrum's shares, and scores that make the Gram", "[property]") {
  for (const Shape& shape : {Shape{6, 9}, Shape{9, 6}}) {
    Rng rng(1, "losses");
    const Tensor<double> losses = normal_tensor<double>(shape, rng, 0.1, 2.0);
    const LossWindow window = filled(losses);
    const PrincipalComponents all = principal_components(window, 20), some = principal_components(window, 2);
    const Spectrum expected = spectrum(window, 5);
    REQUIRE(all.shares.size() == (shape[0] == 6 ? 5u : 6u));
    for (std::size_t k = 0; k < 5; ++k) {
      CHECK(all.shares[k] == Approx(expected.eigenvalues(k) / expected.moments.trace).epsilon(1e-9));
    }
    CHECK(some.shares == all.shares);
    REQUIRE(some.scores.shape() == Shape{2, shape[0]});
    const Tensor<double> gram = window.gram();
    for (std::size_t a = 0; a < shape[0]; ++a) {
      for (std::size_t b = 0; b < shape[0]; ++b) {
        double product = 0;
        for (std::size_t k = 0; k < all.scores.shape()[0]; ++k)
          product += all.scores(k, a) * all.scores(k, b);
        CHECK(std::abs(product - gram(a, b)) <= 1e-10);
      }
    }
  }
}

TEST_CASE("effective rank counts equal components, and nothing in what does not move", "[unit]") {
  CHECK(effective_rank(std::vector<double>(7, 1 / 7.0)) == Approx(7).epsilon(1e-12));
  CHECK(effective_rank(std::vector<double>{1}) == Approx(1).epsilon(1e-12));
  const double p = 0.75, q = 0.25;
  CHECK(effective_rank(std::vector<double>{p, q}) ==
        Approx(std::pow(p, -p) * std::pow(q, -q)).epsilon(1e-12));
  const PrincipalComponents still = principal_components(filled(Tensor<double>(Shape{8, 3}, 2.0)), 3);
  CHECK(still.shares.empty());
  CHECK(still.scores.shape() == Shape{0, 8});
  CHECK(std::isnan(effective_rank(still.shares)));
  CHECK(std::isnan(one_step_eigenvalue(still.scores)));
  CHECK(std::isnan(hankel_residual(still.scores)));
}

TEST_CASE("the one-step eigenvalue of returning processes is that of the slowest, exp(-kΔt)", "[unit]") {
  constexpr double dt = 0.5;
  constexpr std::size_t steps = 40'000;
  for (const auto& [rates, slowest] :
       {std::pair{std::vector<double>{0.4}, 0.4}, std::pair{std::vector<double>{2.0, 0.2, 1.0}, 0.2}}) {
    const double expected = std::exp(-slowest * dt), error = std::sqrt((1 - expected * expected) / steps);
    CHECK(std::abs(one_step_eigenvalue(returning(rates, dt, steps)) - expected) <= 4 * error);
  }
}

TEST_CASE("the one-step eigenvalue does not depend on the coordinates and knows a growing mode",
          "[property]") {
  const Tensor<double> y = returning({1.0, 0.3}, 0.5, 60);
  Tensor<double> mixed(y.shape());
  for (std::size_t t = 0; t < 60; ++t) {
    mixed(0, t) = 3 * y(0, t) - y(1, t) + 7;
    mixed(1, t) = 0.1 * y(0, t) + 2 * y(1, t);
  }
  CHECK(one_step_eigenvalue(mixed) == Approx(one_step_eigenvalue(y)).epsilon(1e-9));
  Tensor<double> growing(Shape{1, 12});
  for (std::size_t t = 0; t < 12; ++t) growing(0, t) = std::pow(1.25, static_cast<double>(t));
  CHECK(one_step_eigenvalue(growing) == Approx(1.25).epsilon(1e-9));
  CHECK(std::isnan(one_step_eigenvalue(Tensor<double>(Shape{2, 4}, 1.0))));
}

TEST_CASE("the one-step eigenvalue goes to 1 at a fold, as 1 - 2Δt√μ", "[unit]") {
  constexpr double dt = 0.1;
  double last = 0;
  for (double mu : {1.0, 0.25, 0.0625}) {
    const double found = one_step_eigenvalue(before_a_fold(mu, dt, 60'000));
    CHECK(std::abs(found - (1 - 2 * dt * std::sqrt(mu))) <= 0.01);
    CHECK(found > last);
    last = found;
  }
}

TEST_CASE("the Hankel residual is zero for waves, near one for noise, and sees a new wave", "[unit]") {
  CHECK(hankel_residual(waves(40)) <= 1e-6);
  Rng rng(8, "noise");
  CHECK(hankel_residual(normal_tensor<double>(Shape{1, 400}, rng)) >= 0.7);
  CHECK(hankel_residual(waves(40, 30)) >= 0.1);
  CHECK(std::isnan(hankel_residual(Tensor<double>(Shape{1, 5}, 1.0))));
}

TEST_CASE("the detectors of dynamics read the window's principal components", "[unit]") {
  constexpr std::size_t window = 20;
  RunTrace run;
  run.losses = Tensor<double>(Shape{30, 4});
  for (std::size_t t = 0; t < 30; ++t) {
    run.steps.push_back(static_cast<std::int64_t>(t));
    for (std::size_t i = 0; i < 4; ++i) {
      const double time = static_cast<double>(t), probe = static_cast<double>(i);
      run.losses(t, i) = 3 + (1 + probe) * std::pow(0.8, time);
    }
  }
  const DetectorSeries series = detector_series(run, {window});
  CHECK(series.column("effective_rank").back() == Approx(1).epsilon(1e-9));
  CHECK(series.column("rank_fall").back() == Approx(1).epsilon(1e-9));
  CHECK(series.column("one_step_eigenvalue").back() == Approx(0.8).epsilon(1e-6));
  CHECK(series.column("hankel_residual").back() <= 1e-6);
}
