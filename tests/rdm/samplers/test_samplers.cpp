/// Draws around a point against closed forms.

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/sgld.hpp"
#include "rdm/samplers/trajectory.hpp"
#include "tests/rdm/samplers/check_covariance.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

const std::vector<DrawKind> all_kinds{DrawKind::independent, DrawKind::orthogonal, DrawKind::sphere,
                                      DrawKind::quasi_random};

/// ℓ_i = c_i‖θ‖², c = 1, 2, 3: even in θ, with covariance 2pσ⁴c_ic_j around 0.
FunctionLandscape bowl(std::size_t p) {
  return {3,
          p,
          {.losses =
               [](ParameterVector theta, std::span<double> losses) {
                 const double square = blas::dot(theta.size(), theta.data(), theta.data());
                 for (std::size_t i = 0; i < 3; ++i) losses[i] = static_cast<double>(i + 1) * square;
               },
           .jacobian =
               [p](ParameterVector theta) {
                 Tensor<double> g(Shape{3, p});
                 for (std::size_t i = 0; i < 3; ++i) {
                   for (std::size_t a = 0; a < p; ++a) g(i, a) = 2 * static_cast<double>(i + 1) * theta[a];
                 }
                 return g;
               }}};
}

}  // namespace

TEST_CASE("draws do not depend on the number of threads, nor on where one starts", "[unit]") {
  const ModelCase model = tanh_network();
  for (DrawKind kind : all_kinds) {
    const GaussianOptions options{.sigma = 0.1, .draws = 301, .kind = kind, .seed = 5};
    GaussianOptions on_three = options;
    on_three.threads = 3;
    const Tensor<double> alone = gaussian_losses(*model.landscape, model.theta.flat(), options);
    const Tensor<double> together = gaussian_losses(*model.landscape, model.theta.flat(), on_three);
    CHECK(std::ranges::equal(alone.flat(), together.flat()));

    const Deviates deviates(kind, 7, 5);
    Tensor<double> whole(Shape{40, 7}), part(Shape{3, 7});
    deviates.fill(0, whole);
    deviates.fill(19, part);
    CHECK(std::ranges::equal(part.flat(), whole.subspan(19 * 7, Shape{3, 7}).flat()));
  }
  const GaussianOptions options{.sigma = 0.1, .draws = 300, .seed = 5};
  GaussianOptions on_three = options;
  on_three.threads = 3;
  const Tensor<double> g = model.landscape->jacobian(model.theta.flat());
  CHECK(std::ranges::equal(paired_losses(*model.landscape, model.theta.flat(), g, options).even.flat(),
                           paired_losses(*model.landscape, model.theta.flat(), g, on_three).even.flat()));
}

TEST_CASE("every kind of draw has mean 0 and covariance I", "[property]") {
  constexpr std::size_t p = 5, count = 20000;
  for (DrawKind kind : all_kinds) {
    Tensor<double> z(Shape{count, p});
    Deviates(kind, p, 11).fill(0, z);
    const Tensor<double> c = covariance(z, Divisor::sample);
    for (std::size_t a = 0; a < p; ++a) {
      double sum = 0;
      for (std::size_t m = 0; m < count; ++m) sum += z(m, a);
      CHECK(std::abs(sum / count) <= 4 / std::sqrt(count));
      for (std::size_t b = 0; b < p; ++b)
        CHECK(std::abs(c(a, b) - (a == b ? 1 : 0)) <= 5 * std::sqrt(2.0 / count));
    }
  }
}

TEST_CASE("draws on a sphere are blind to what is even in the parameters; chi radii are not", "[unit]") {
  constexpr std::size_t p = 20;
  const FunctionLandscape landscape = bowl(p);
  const std::vector<double> origin(p, 0.0);
  const double sigma = 0.3, exact = 2 * p * std::pow(sigma, 4);
  const auto first_variance = [&](DrawKind kind) {
    return covariance(gaussian_losses(landscape, origin, {.sigma = sigma, .draws = 20000, .kind = kind}),
                      Divisor::sample)(0, 0);
  };
  CHECK(std::abs(first_variance(DrawKind::sphere)) <= 1e-20);
  CHECK(first_variance(DrawKind::orthogonal) == Approx(exact).epsilon(0.05));
  CHECK(first_variance(DrawKind::independent) == Approx(exact).epsilon(0.05));
}

TEST_CASE("gaussian: a quadratic loss has its closed covariance at any sigma, with every estimator",
          "[unit]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  Rng rng(2, "theta");
  const Tensor<double> theta = normal_tensor<double>(Shape{6}, rng, 0.3);
  const Tensor<double> g = landscape.jacobian(theta.flat());
  for (double sigma : {0.01, 0.5}) {
    const Tensor<double> exact = quadratic.covariance(theta.flat(), scaled_identity(6, sigma * sigma));
    const PairedLosses pairs = paired_losses(landscape, theta.flat(), g, {.sigma = sigma, .draws = 20000});
    for (const Estimate& estimate :
         {paired_estimate(pairs), control_variate(pairs, linear_covariance(g, sigma))}) {
      CHECK(relative_error(estimate.covariance, exact) * frobenius_norm(exact) <=
            3 * estimate.standard_error());
    }
    check_covariance(gaussian_losses(landscape, theta.flat(), {.sigma = sigma, .draws = 100000}), exact, 1,
                     3.0);
  }
}

TEST_CASE("gaussian: a diagonal covariance through rescaled coordinates", "[unit]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  Tensor<double> scale(Shape{6}), sigma(Shape{6, 6}, 0.0);
  for (std::size_t a = 0; a < 6; ++a) {
    scale(a) = 0.5 + 0.3 * static_cast<double>(a);
    sigma(a, a) = std::pow(0.4 * scale(a), 2);
  }
  const Tensor<double> theta(Shape{6}, 0.1);
  const RescaledLandscape rescaled(landscape, scale);
  const Tensor<double> phi = rescaled.from_inner_coordinates(theta.flat()), g = rescaled.jacobian(phi.flat());
  const Tensor<double> exact = quadratic.covariance(theta.flat(), sigma);
  const SecondOrder terms = second_order(rescaled, phi.flat(), g, {});
  CHECK(relative_error(second_order_covariance(linear_covariance(g, 0.4), terms, 0.4), exact) <= 1e-12);
  const Estimate estimate = control_variate(
      paired_losses(rescaled, phi.flat(), g, {.sigma = 0.4, .draws = 20000}), linear_covariance(g, 0.4));
  CHECK(relative_error(estimate.covariance, exact) * frobenius_norm(exact) <= 3 * estimate.standard_error());
}

TEST_CASE("estimates from pairs are the naive sums over odd, even and linear parts", "[unit]") {
  constexpr std::size_t count = 7, n = 3;
  Rng rng(1, "test");
  const auto draw = [&](std::size_t rows) { return normal_tensor<double>(Shape{rows, n}, rng); };
  const PairedLosses pairs{draw(count), draw(count), draw(count)};
  const Tensor<double> linear = draw(n), plain = paired_estimate(pairs).covariance,
                       controlled = control_variate(pairs, linear).covariance;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double odd = 0, lines = 0, even = 0, mean_i = 0, mean_j = 0;
      for (std::size_t k = 0; k < count; ++k) {
        odd += pairs.odd(k, i) * pairs.odd(k, j) / count;
        lines += pairs.linear(k, i) * pairs.linear(k, j) / count;
        mean_i += pairs.even(k, i) / count;
        mean_j += pairs.even(k, j) / count;
      }
      for (std::size_t k = 0; k < count; ++k)
        even += (pairs.even(k, i) - mean_i) * (pairs.even(k, j) - mean_j) / (count - 1);
      CHECK(plain(i, j) == Approx(odd + even).epsilon(1e-12));
      CHECK(controlled(i, j) == Approx(linear(i, j) + odd - lines + even).epsilon(1e-12));
    }
  }
}

TEST_CASE("control variate: unbiased, and its error bar covers what is left", "[property]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{6}, 0.2), g = landscape.jacobian(theta.flat());
  const double sigma = 0.1;
  const Tensor<double> exact = quadratic.covariance(theta.flat(), scaled_identity(6, sigma * sigma));
  Tensor<double> mean(exact.shape(), 0.0);
  double mean_error = 0, squares = 0, plain_squares = 0;
  constexpr int repetitions = 40;
  for (int r = 0; r < repetitions; ++r) {
    const PairedLosses pairs =
        paired_losses(landscape, theta.flat(), g,
                      {.sigma = sigma, .draws = 400, .seed = static_cast<std::uint64_t>(100 + r)});
    const Estimate estimate = control_variate(pairs, linear_covariance(g, sigma));
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean.data()[i] += estimate.covariance.data()[i] / repetitions;
    const double scale = frobenius_norm(exact);
    squares += std::pow(scale * relative_error(estimate.covariance, exact), 2) / repetitions;
    plain_squares +=
        std::pow(scale * relative_error(paired_estimate(pairs).covariance, exact), 2) / repetitions;
    mean_error += estimate.standard_error() / repetitions;
  }
  CHECK(frobenius_norm(exact) * relative_error(mean, exact) <= 3 * std::sqrt(squares / repetitions));
  CHECK(std::sqrt(squares) == Approx(mean_error).epsilon(0.2));
  CHECK(squares <= 0.1 * plain_squares);
}

TEST_CASE("parity split: odd and even covariances add up, and the even one is the Hessians'", "[unit]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{6}, 0.2), g = landscape.jacobian(theta.flat());
  const double sigma = 0.1;
  const PairedLosses pairs = paired_losses(landscape, theta.flat(), g, {.sigma = sigma, .draws = 200000});
  const Tensor<double> odd = odd_covariance(pairs), even = even_covariance(pairs),
                       whole = paired_estimate(pairs).covariance;
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(odd.data()[i] + even.data()[i] == Approx(whole.data()[i]).epsilon(1e-12));
  const double hessians = frobenius_norm(second_order(landscape, theta.flat(), g, {}).hessian.covariance);
  CHECK(frobenius_norm(even) == Approx(std::pow(sigma, 4) * hessians).epsilon(0.02));
}

TEST_CASE("orthogonal draws on a sphere with pairs give a linear loss its exact covariance", "[unit]") {
  Quadratic linear(4, 6, 1);
  for (Tensor<double>& h : linear.curvatures) h.fill(0);
  const FunctionLandscape landscape = linear.landscape();
  const Tensor<double> theta(Shape{6}, 0.2), g = landscape.jacobian(theta.flat());
  const PairedLosses pairs =
      paired_losses(landscape, theta.flat(), g, {.sigma = 0.1, .draws = 12, .kind = DrawKind::sphere});
  CHECK(relative_error(paired_estimate(pairs).covariance, linear_covariance(g, 0.1)) <= 1e-12);
}

TEST_CASE("quasi-random draws beat independent ones on a smooth loss", "[property]") {
  const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{6}, 0.2);
  const Tensor<double> exact = quadratic.covariance(theta.flat(), scaled_identity(6, 0.01));
  const auto mean_error = [&](DrawKind kind) {
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const GaussianOptions options{.sigma = 0.1, .draws = 4096, .kind = kind, .seed = seed};
      sum += relative_error(covariance(gaussian_losses(landscape, theta.flat(), options), Divisor::sample),
                            exact);
    }
    return sum / 10;
  };
  CHECK(mean_error(DrawKind::quasi_random) <= 0.5 * mean_error(DrawKind::independent));
}

TEST_CASE("gaussian refuses a sigma that is not positive and too few draws", "[unit]") {
  const ModelCase model = tanh_network();
  const auto draw = [&](double sigma, std::size_t draws) {
    return gaussian_losses(*model.landscape, model.theta.flat(), {.sigma = sigma, .draws = draws});
  };
  CHECK_THROWS_AS(draw(0, 10), UsageError);
  CHECK_THROWS_AS(draw(-1, 10), UsageError);
  CHECK_THROWS_AS(draw(std::nan(""), 10), UsageError);
  CHECK_THROWS_AS(draw(1, 1), UsageError);
  CHECK_THROWS_AS(paired_losses(*model.landscape, model.theta.flat(), {}, {.draws = 3}), UsageError);
  const PairedLosses pairs = paired_losses(*model.landscape, model.theta.flat(), {}, {.draws = 8});
  CHECK_THROWS_AS(control_variate(pairs, Tensor<double>(Shape{6, 6}, 0.0)), ShapeError);
}

TEST_CASE("samplers refuse losses that are not finite, naming probe and draw", "[unit]") {
  for (double bad : {std::nan(""), HUGE_VAL, 1e308}) {
    const FunctionLandscape landscape(3, 2,
                                      {.losses =
                                           [bad](ParameterVector theta, std::span<double> losses) {
                                             losses[0] = losses[1] = theta[0] + theta[1];
                                             losses[2] = theta[0] == 0 ? 0 : bad;
                                           },
                                       .jacobian =
                                           [](ParameterVector) {
                                             return Tensor<double>(Shape{3, 2}, 0.5);
                                           }});
    const Tensor<double> theta(Shape{2}, 0.0);
    const GaussianOptions options{.sigma = 0.1, .draws = 10};
    CHECK_THROWS_WITH(gaussian_losses(landscape, theta.flat(), options),
                      Catch::Contains("probe 2") && Catch::Contains("draw 0"));
    CHECK_THROWS_WITH(paired_losses(landscape, theta.flat(), {}, options),
                      Catch::Contains("probe 2") && Catch::Contains("draw 0"));
    const FunctionLandscape quiet(
        3, 2,
        {.losses = [](ParameterVector, std::span<double> losses) { std::ranges::fill(losses, 1.0); },
         .jacobian =
             [](ParameterVector) {
               return Tensor<double>(Shape{3, 2}, 0.0);
             }});
    CHECK_THROWS_WITH(sgld(quiet, landscape, theta.flat(), {.burn_in = 0, .draws = 4}),
                      Catch::Contains("probe 2") && Catch::Contains("step 1"));
  }
}
