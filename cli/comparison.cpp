#include "cli/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "rdm/comparison.hpp"
#include "rdm/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/trajectory.hpp"

namespace premelt::cli {

namespace {

Agreement agree(const Tensor<double>& covariance, const Tensor<double>& linear) {
  const Moments own = matrix_moments(covariance);
  Agreement agreement;
  agreement.shc = own.spectral_heat_capacity();
  agreement.pr = own.participation_ratio();
  agreement.covariance = covariance;
  if (linear.empty()) return agreement;
  const Moments model = matrix_moments(linear);
  agreement.error = relative_error(linear, covariance);
  agreement.shc_linear = model.spectral_heat_capacity();
  agreement.pr_linear = model.participation_ratio();
  agreement.top_overlap = top_overlap(covariance, linear);
  agreement.angles = principal_angles(covariance, linear, std::min<std::size_t>(3, covariance.shape()[0]));
  agreement.linear = linear;
  return agreement;
}

bool fits(const LossLandscape& landscape, const ComparisonOptions& options) {
  return landscape.jacobian_bytes() <= options.jacobian_bytes;
}

Tensor<double> scaled(const Tensor<double>& matrix, double factor) {
  Tensor<double> result(matrix.shape());
  std::ranges::transform(matrix.flat(), result.data(), [factor](double x) { return factor * x; });
  return result;
}

/// GΣGᵀ for the covariance of the rows of `trajectory`, G at their mean; empty when G does not fit.
Tensor<double> linear_model(const LossLandscape& landscape, const Tensor<double>& trajectory,
                            const ComparisonOptions& options) {
  if (!fits(landscape, options)) return {};
  return trajectory_covariance(landscape.jacobian(mean_position(trajectory).flat()), trajectory);
}

/// The last rows of a matrix.
Tensor<double> newest(const Tensor<double>& history, std::size_t rows) {
  const std::size_t p = history.shape()[1];
  return history.window((history.shape()[0] - rows) * p, Shape{rows, p});
}

Agreement compare_window(const LossLandscape& landscape, const Tensor<double>& trajectory,
                         const ComparisonOptions& options) {
  const Tensor<double> losses = dynamical_losses(landscape, trajectory, options.threads);
  return agree(covariance(losses, Divisor::population), linear_model(landscape, trajectory, options));
}

/// The largest eigenvalue in magnitude of the mean loss' Hessian: power iteration on differences of its
/// gradient, which never need an n×p matrix.
double largest_curvature(const LossLandscape& landscape, ParameterVector theta, std::uint64_t seed) {
  const std::size_t p = landscape.parameters();
  const double h = 1e-4;
  Rng rng(seed, "power iteration");
  Tensor<double> v = normal_tensor<double>(Shape{p}, rng), moved(Shape{p});
  double length = frobenius_norm(v);
  const auto gradient_at = [&](double distance) {
    for (std::size_t a = 0; a < p; ++a) moved(a) = theta[a] + distance * v(a) / length;
    return landscape.mean_gradient(moved.flat());
  };
  for (int iteration = 0; iteration < 30 && length > 0; ++iteration) {
    const Tensor<double> above = gradient_at(h), below = gradient_at(-h);
    for (std::size_t a = 0; a < p; ++a) v(a) = (above(a) - below(a)) / (2 * h);
    length = frobenius_norm(v);
  }
  return length;
}

}  // namespace

std::vector<GaussianComparison> compare_gaussian(const LossLandscape& landscape, ParameterVector theta,
                                                 const ComparisonOptions& options) {
  Tensor<double> jacobian, gram;
  std::optional<SecondOrder> terms;
  if (fits(landscape, options)) {
    jacobian = landscape.jacobian(theta);
    gram = linear_covariance(jacobian, 1);
    terms = second_order(landscape, theta, jacobian, {.seed = options.seed, .threads = options.threads});
  } else {
    gram = landscape.gram(theta);
  }
  std::vector<GaussianComparison> results;
  for (double sigma : options.sigmas) {
    const Tensor<double> linear = scaled(gram, sigma * sigma);
    const PairedLosses pairs = paired_losses(
        landscape, theta, jacobian,
        {.sigma = sigma, .draws = options.draws, .seed = options.seed, .threads = options.threads});
    const Estimate c = jacobian.empty() ? paired_estimate(pairs) : control_variate(pairs, linear);
    GaussianComparison& result = results.emplace_back();
    result.sigma = sigma;
    result.draws = 2 * pairs.odd.shape()[0];
    result.agreement = agree(c.covariance, linear);
    const double size = frobenius_norm(c.covariance);
    result.mc_error = c.standard_error() / size;
    result.odd_share = frobenius_norm(odd_covariance(pairs)) / size;
    result.shc_error = jackknife_error(
        c, [](const Tensor<double>& m) { return matrix_moments(m).spectral_heat_capacity(); });
    result.pr_error =
        jackknife_error(c, [](const Tensor<double>& m) { return matrix_moments(m).participation_ratio(); });
    result.overlap_error =
        jackknife_error(c, [&](const Tensor<double>& m) { return top_overlap(m, linear); });
    if (!terms) continue;
    result.second = second_order_covariance(linear, *terms, sigma);
    result.error_order2 = relative_error(result.second, c.covariance);
  }
  return results;
}

DynamicalComparison compare_dynamical(const LossLandscape& landscape, const Tensor<double>& history,
                                      std::size_t window, const ComparisonOptions& options) {
  DynamicalComparison result{window, {}, {}};
  for (std::size_t rows = windows_of_history * window; rows >= std::min<std::size_t>(3, window); rows /= 2) {
    if (rows > history.shape()[0]) continue;
    const Agreement agreement = compare_window(landscape, newest(history, rows), options);
    if (rows == window) result.agreement = agreement;
    result.by_window.emplace_back(rows, agreement.error);
  }
  return result;
}

Agreement compare_replica(const LossLandscape& landscape, const Tensor<double>& copies,
                          const ComparisonOptions& options) {
  const std::size_t p = landscape.parameters();
  const auto replicas = static_cast<double>(copies.shape()[0]);
  const Tensor<double> losses = replica_losses(landscape, copies.shape()[0],
                                               [&](std::size_t r) { return copies.window(r * p, Shape{p}); });
  const Tensor<double> linear = linear_model(landscape, copies, options);
  return agree(covariance(losses, Divisor::sample),
               linear.empty() ? linear : scaled(linear, replicas / (replicas - 1)));
}

SgldComparison compare_sgld(const LossLandscape& landscape, ParameterVector theta,
                            const ComparisonOptions& options) {
  const auto n = static_cast<double>(landscape.probes());
  const double sigma = options.sigmas[options.sigmas.size() / 2];
  SgldComparison result;
  result.options = {
      .beta = 1 / std::log(n), .samples = landscape.probes(), .localisation = 1 / (sigma * sigma)};
  const double stiffness = result.options.beta * n * largest_curvature(landscape, theta, options.seed) +
                           result.options.localisation;
  result.options.step = 0.2 / stiffness;
  result.options.burn_in = 200;
  result.options.thinning = 5;
  result.options.seed = options.seed;
  result.options.threads = options.threads;
  result.result = premelt::sgld(landscape, landscape, theta, result.options);
  result.agreement = agree(covariance(result.result.losses, Divisor::sample),
                           scaled(landscape.gram(theta), 1 / result.options.localisation));
  return result;
}

Glance glance(const LossLandscape& landscape, ParameterVector theta, const Tensor<double>& history,
              std::size_t window, const ComparisonOptions& options) {
  Glance result;
  const double sigma = options.sigmas[options.sigmas.size() / 2];
  const Tensor<double> jacobian = fits(landscape, options) ? landscape.jacobian(theta) : Tensor<double>();
  const Tensor<double> linear =
      scaled(jacobian.empty() ? landscape.gram(theta) : linear_covariance(jacobian, 1), sigma * sigma);
  const PairedLosses pairs = paired_losses(landscape, theta, jacobian,
                                           {.sigma = sigma,
                                            .draws = std::min<std::size_t>(1000, options.draws),
                                            .seed = options.seed,
                                            .threads = options.threads});
  const Estimate c = jacobian.empty() ? paired_estimate(pairs) : control_variate(pairs, linear);
  const Agreement gaussian = agree(c.covariance, linear);
  const double fourth = std::pow(sigma, 4);
  result.shc_gaussian = gaussian.shc / fourth;
  result.pr_gaussian = gaussian.pr;
  result.shc_linear = gaussian.shc_linear / fourth;
  result.pr_linear = gaussian.pr_linear;
  if (history.shape()[0] < window) return result;
  const Moments own =
      moments(dynamical_losses(landscape, newest(history, window), options.threads), Divisor::population);
  result.shc_dynamical = own.spectral_heat_capacity();
  result.pr_dynamical = own.participation_ratio();
  return result;
}

std::size_t default_draws(const LossLandscape& landscape) {
  const double size = static_cast<double>(landscape.probes()) * static_cast<double>(landscape.parameters());
  return 2 * static_cast<std::size_t>(std::clamp(20000 * 5e5 / size, 200.0, 20000.0));
}

}  // namespace premelt::cli
