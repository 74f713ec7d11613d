/// Prop. 2.1 and its second order, and the measures of agreement.

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

TEST_CASE("second order: exact on a quadratic loss at any sigma", "[unit]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{6}, 0.2), g = landscape.jacobian(theta.flat());
  const SecondOrder terms = second_order(landscape, theta.flat(), g, {.threads = 2});
  CHECK(terms.exact);
  CHECK(frobenius_norm(terms.third.covariance) == 0);
  for (double sigma : {0.01, 3.0}) {
    CHECK(relative_error(second_order_covariance(linear_covariance(g, sigma), terms, sigma),
                         quadratic.covariance(theta.flat(), scaled_identity(6, sigma * sigma))) <= 1e-12);
  }
}

TEST_CASE("second order: both terms together explain the remainder of a network", "[unit]") {
  const ModelCase model = tanh_network();
  const Tensor<double> g = model.landscape->jacobian(model.theta.flat());
  const SecondOrder terms = second_order(*model.landscape, model.theta.flat(), g, {});
  const double sigma = 0.05;
  const PairedLosses pairs =
      paired_losses(*model.landscape, model.theta.flat(), g, {.sigma = sigma, .draws = 100000});
  const Tensor<double> first = linear_covariance(g, sigma), c = control_variate(pairs, first).covariance;
  CHECK(relative_error(second_order_covariance(first, terms, sigma), c) <= 0.1 * relative_error(first, c));
  CHECK(frobenius_norm(terms.third.covariance) > 0.3 * frobenius_norm(terms.hessian.covariance));
}

TEST_CASE("second order: random directions agree with the exact sums within their error bars", "[property]") {
  const ModelCase model = tanh_network();
  const Tensor<double> g = model.landscape->jacobian(model.theta.flat());
  const SecondOrder exact = second_order(*model.landscape, model.theta.flat(), g, {});
  const SecondOrder drawn = second_order(*model.landscape, model.theta.flat(), g,
                                         {.exact_up_to = 0, .directions = 2000, .threads = 2});
  CHECK_FALSE(drawn.exact);
  const auto agrees = [](const Estimate& estimate, const Tensor<double>& truth) {
    const double distance = frobenius_norm(truth) * relative_error(estimate.covariance, truth);
    CHECK(distance <= 3 * estimate.standard_error());
    CHECK(estimate.standard_error() <= 0.2 * frobenius_norm(truth));
  };
  agrees(drawn.hessian, exact.hessian.covariance);
  agrees(drawn.third, exact.third.covariance);
}

TEST_CASE("at an interpolating optimum the linear term vanishes and the Hessians' remains", "[unit]") {
  // ℓ_i = ½(x_i·θ − y_i)² at a θ with zero residuals: H_i = x_i·x_iᵀ, so ½tr(H_iH_j) = ½(x_i·x_j)².
  Rng rng(1, "data");
  const Tensor<double> x = normal_tensor<double>(Shape{5, 8}, rng),
                       truth = normal_tensor<double>(Shape{8, 1}, rng);
  const Tensor<double> y = matmul(Var<double>(x), Var<double>(truth)).value();
  Parameters<double> parameters;
  parameters.add("theta", truth);
  const ModelLandscape landscape(parameters, 5, [x, y](const Leaves<double>& theta) {
    return squared_error(matmul(batched(x), theta[0]), Var<double>(y));
  });
  const ParameterVector theta = truth.flat();
  const Tensor<double> g = landscape.jacobian(theta);
  CHECK(frobenius_norm(g) <= 1e-12);
  const SecondOrder terms = second_order(landscape, theta, g, {});
  const Tensor<double> overlaps = matmul_nt(Var<double>(x), Var<double>(x)).value();
  Tensor<double> expected(overlaps.shape());
  for (std::size_t k = 0; k < expected.size(); ++k)
    expected.data()[k] = overlaps.data()[k] * overlaps.data()[k] / 2;
  CHECK(relative_error(terms.hessian.covariance, expected) <= 1e-10);

  const double sigma = 0.2;
  const Estimate c = control_variate(paired_losses(landscape, theta, g, {.sigma = sigma, .draws = 40000}),
                                     linear_covariance(g, sigma));
  const Tensor<double> model = second_order_covariance(linear_covariance(g, sigma), terms, sigma);
  CHECK(frobenius_norm(c.covariance) * relative_error(model, c.covariance) <= 3 * c.standard_error());
}

TEST_CASE("the covariance of a trajectory is that of the p x p formula", "[unit]") {
  Rng rng(1, "trajectory");
  const Tensor<double> g = normal_tensor<double>(Shape{4, 3}, rng),
                       trajectory = normal_tensor<double>(Shape{9, 3}, rng, 1.0, 5.0);
  const Var<double> sigma = covariance(trajectory, Divisor::population);
  CHECK(relative_error(trajectory_covariance(g, trajectory),
                       matmul_nt(matmul(Var<double>(g), sigma), g).value()) <= 1e-12);
  const Tensor<double> mean = mean_position(trajectory);
  for (std::size_t a = 0; a < 3; ++a) {
    double sum = 0;
    for (std::size_t t = 0; t < 9; ++t) sum += trajectory(t, a);
    CHECK(mean(a) == Approx(sum / 9));
  }
  CHECK_THROWS_AS(trajectory_covariance(g, Tensor<double>(Shape{9, 4}, 0.0)), ShapeError);
}

TEST_CASE("the Poincare bracket holds far beyond the linear regime", "[property]") {
  const ModelCase model = tanh_network();
  for (double sigma : {0.01, 0.3, 1.0}) {
    const Bracket bracket = poincare_bracket(*model.landscape, model.theta.flat(), sigma, 500, 1, 2);
    CHECK(bracket.least_eigenvalue() >= -1e-3);
  }
}

TEST_CASE("measures of agreement", "[unit]") {
  Tensor<double> a(Shape{3, 3}, 0.0), b(Shape{3, 3}, 0.0);
  a(0, 0) = 4, a(1, 1) = 2, a(2, 2) = 1;
  // b: the plane of the first two axes, tilted by 0.3 about the first.
  const double c = std::cos(0.3), s = std::sin(0.3);
  b(0, 0) = 4, b(1, 1) = 2 * c * c, b(2, 2) = 2 * s * s, b(1, 2) = b(2, 1) = 2 * c * s;
  CHECK(relative_error(a, a) == 0);
  CHECK(relative_error(Tensor<double>(Shape{3, 3}, 0.0), a) == 1);
  CHECK(std::isnan(relative_error(a, Tensor<double>(Shape{3, 3}, 0.0))));
  CHECK(top_overlap(a, b) == Approx(1));
  const std::vector<double> angles = principal_angles(a, b, 2);
  REQUIRE(angles.size() == 2);
  CHECK(angles[0] == Approx(0).margin(1e-7));
  CHECK(angles[1] == Approx(0.3));
  CHECK(principal_angles(a, b, 3).size() == 2);
  CHECK_THROWS_AS(principal_angles(a, b, 4), UsageError);
  CHECK_THROWS_AS(relative_error(a, Tensor<double>(Shape{2, 2}, 0.0)), ShapeError);
  CHECK(log_log_slope({0.1, 1, 10}, {0.03, 3, 300}) == Approx(2));
  CHECK(std::isnan(log_log_slope({0.1, 1}, {0.0, 1})));

  CHECK(matrix_moments(a).participation_ratio() == Approx(49.0 / 21));
  const Estimate estimate{a, {a, b, a, b}};
  // The jackknife of a mean is its standard error; here of two values, each twice.
  std::vector<double> without;
  for (const Tensor<double>& one : leave_one_out(estimate)) without.push_back(one(1, 1));
  CHECK(jackknife_error(without) == Approx((2 - 2 * c * c) / 2 / std::sqrt(3.0)));
  CHECK(std::isnan(jackknife_error(std::vector<double>{1})));
  CHECK(leave_one_out(Estimate{a, {a}}).empty());
  CHECK(std::isnan(Estimate{a, {}}.standard_error()));
}
