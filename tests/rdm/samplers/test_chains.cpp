/// Distributions that follow one another in time, chains and windows of training, against closed forms.

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/samplers/autocorrelation.hpp"
#include "rdm/samplers/sgld.hpp"
#include "rdm/samplers/trajectory.hpp"
#include "tests/rdm/samplers/check_covariance.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

/// (A(I − εA/4))⁻¹ for A = diag(a), and its special case ε = 0.
Tensor<double> chain_covariance(const std::vector<double>& a, double step) {
  Tensor<double> sigma(Shape{a.size(), a.size()}, 0.0);
  for (std::size_t k = 0; k < a.size(); ++k) sigma(k, k) = 1 / (a[k] * (1 - step * a[k] / 4));
  return sigma;
}

/// Four chains, long enough to tell their covariance from a model's.
SgldOptions long_chains() {
  return {.beta = 0.5,
          .samples = 20,
          .localisation = 2,
          .step = 0.08,
          .burn_in = 500,
          .draws = 20000,
          .thinning = 5,
          .chains = 4,
          .seed = 3};
}

}  // namespace

TEST_CASE("autocorrelation time of an AR(1) series is (1+phi)/(1-phi)", "[property]") {
  Rng rng(1, "series");
  for (double phi : {0.0, 0.5, 0.9}) {
    std::vector<double> x(200000);
    double value = 0;
    for (double& out : x) out = value = phi * value + rng.normal();
    CHECK(autocorrelation_time(x) == Approx((1 + phi) / (1 - phi)).epsilon(0.1));
  }
  CHECK(autocorrelation_time(std::vector<double>(10, 2.0)) == 1);
  CHECK_THROWS_AS(autocorrelation_time(std::vector<double>(3, 2.0)), ShapeError);
}

TEST_CASE("sgld: the discrete chain's own covariance on a quadratic loss", "[property]") {
  // L = ½Σ h_a θ_a², exactly, because half of the probes carry the opposite slope.
  const std::vector<double> h{1.0, 0.4, 2.0};
  Quadratic quadratic(4, 3, 1);
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t i = 0; i < 2; ++i) quadratic.slopes(i + 2, a) = -quadratic.slopes(i, a);
  }
  for (Tensor<double>& matrix : quadratic.curvatures) {
    matrix.fill(0);
    for (std::size_t a = 0; a < 3; ++a) matrix(a, a) = h[a];
  }
  const FunctionLandscape landscape = quadratic.landscape();
  const std::vector<double> origin(3, 0.0);
  const SgldOptions options = long_chains();
  std::vector<double> a;
  for (double curvature : h) a.push_back(10 * curvature + 2);
  const SgldResult result = sgld(landscape, landscape, origin, options);
  check_covariance(result.losses, quadratic.covariance(origin, chain_covariance(a, options.step)), 4, 3.0);

  double llc = 0;  // NβE[L] = ½Σ Nβ·h_a·Σ_aa
  for (std::size_t k = 0; k < 3; ++k) llc += 5 * h[k] * chain_covariance(a, options.step)(k, k);
  CHECK(std::abs(result.llc - llc) <= 3 * result.llc_error);
  CHECK(result.llc_error > 0);
  CHECK(result.effective_draws <= 80000);
  CHECK(result.effective_draws >= 20000);
  CHECK(result.acceptance > 0.5);
  CHECK(result.acceptance < 1);
  CHECK(result.trace.size() == 80000);

  SgldOptions on_two = options;
  on_two.threads = 2;
  CHECK(std::ranges::equal(sgld(landscape, landscape, origin, on_two).losses.flat(), result.losses.flat()));
}

TEST_CASE("sgld: minibatches heat the chain by as much as their gradients vary", "[property]") {
  // ℓ_i = ½Σ h_a θ_a² ± s·θ_a, so that the slopes of the six samples have mean 0 and variance s²/3 in each
  // direction wherever the chain is. A batch of b without replacement leaves (s²/3)/b·(6 − b)/5 of it.
  const std::vector<double> h{1.0, 0.4, 2.0};
  const double slope = 0.6;
  Quadratic quadratic(6, 3, 1);
  quadratic.slopes.fill(0);
  for (std::size_t i = 0; i < 6; ++i) {
    quadratic.slopes(i, i / 2) = i % 2 == 0 ? slope : -slope;
    quadratic.curvatures[i].fill(0);
    for (std::size_t a = 0; a < 3; ++a) quadratic.curvatures[i](a, a) = h[a];
  }
  const FunctionLandscape landscape = quadratic.landscape();
  const std::vector<double> origin(3, 0.0);
  SgldOptions options = long_chains();
  options.batch = 2;
  const double weight = 10, heat = options.step / 4 * weight * weight * slope * slope / 3 / 2 * 4 / 5;
  std::vector<double> a;
  for (double curvature : h) a.push_back(weight * curvature + 2);
  Tensor<double> sigma = chain_covariance(a, options.step);
  for (double& x : sigma.flat()) x *= 1 + heat;
  const SgldResult result = sgld(landscape, landscape, origin, options);
  check_covariance(result.losses, quadratic.covariance(origin, sigma), 4, 3.0);
  CHECK(result.gradient_noise == Approx(heat).epsilon(0.02));
  CHECK(result.acceptance > 0.5);
  CHECK(result.acceptance < 1);
  SgldOptions too_many = options;
  too_many.batch = 7;
  CHECK_THROWS_AS(sgld(landscape, landscape, origin, too_many), UsageError);
  SgldOptions on_two = options;
  on_two.threads = 2;
  CHECK(std::ranges::equal(sgld(landscape, landscape, origin, on_two).losses.flat(), result.losses.flat()));
}

TEST_CASE("sgld: the local learning coefficient counts from the loss at the start", "[unit]") {
  const Quadratic quadratic(4, 3, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const FunctionLandscape raised(
      4, 3,
      {.losses =
           [&](ParameterVector theta, std::span<double> losses) {
             landscape.losses(theta, losses);
             for (double& loss : losses) loss += 100;
           },
       .jacobian = [&](ParameterVector theta) { return landscape.jacobian(theta); }});
  const std::vector<double> start(3, 0.5);
  const SgldOptions options{.beta = 0.5, .samples = 20, .localisation = 50, .step = 0.01, .draws = 50};
  const double llc = sgld(landscape, landscape, start, options).llc;
  CHECK(std::abs(sgld(raised, raised, start, options).llc - llc) <= 1e-9 * std::abs(llc));
}

TEST_CASE("sgld refuses impossible options and says when its step is too large", "[unit]") {
  const Quadratic quadratic(4, 3, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const std::vector<double> origin(3, 0.0);
  CHECK_THROWS_AS(sgld(landscape, landscape, origin, {.step = 0}), UsageError);
  CHECK_THROWS_AS(sgld(landscape, landscape, origin, {.draws = 1}), UsageError);
  CHECK_THROWS_AS(sgld(landscape, landscape, origin, {.localisation = 10, .step = 10}), DivergedError);
}

TEST_CASE("dynamical: an Ornstein-Uhlenbeck trajectory on a quadratic loss", "[property]") {
  const Quadratic quadratic(4, 3, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const std::vector<double> pull{0.5, 0.2, 0.8};
  const double noise = 0.3;
  constexpr std::size_t window = 100000;
  Tensor<double> trajectory(Shape{window, 3}), sigma(Shape{3, 3}, 0.0);
  Rng rng(9, "trajectory");
  for (std::size_t a = 0; a < 3; ++a) {
    const double keep = 1 - pull[a];
    sigma(a, a) = noise * noise / (1 - keep * keep);
    double x = std::sqrt(sigma(a, a)) * rng.normal();
    for (std::size_t t = 0; t < window; ++t) trajectory(t, a) = x = keep * x + noise * rng.normal();
  }
  const std::vector<double> origin(3, 0.0);
  const Tensor<double> losses = dynamical_losses(landscape, trajectory);
  CHECK(std::ranges::equal(dynamical_losses(landscape, trajectory, 3).flat(), losses.flat()));
  check_covariance(losses, quadratic.covariance(origin, sigma), 1, 3.0);
}
