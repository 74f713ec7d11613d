#include "rdm/proposition/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/tensor/numbers.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/trajectory.hpp"

namespace premelt {

namespace {

constexpr std::size_t sgld_batch = 32;

bool fits(const LossLandscape& landscape, const ComparisonOptions& options) {
  return landscape.jacobian_bytes() <= options.jacobian_bytes;
}

Tensor<double> scaled(const Tensor<double>& matrix, double factor) {
  Tensor<double> result(matrix.shape());
  std::ranges::transform(matrix.flat(), result.data(), [factor](double x) { return factor * x; });
  return result;
}

/// The last rows of a matrix.
Tensor<double> newest(const Tensor<double>& history, std::size_t rows) {
  const std::size_t p = history.shape()[1];
  return history.subspan((history.shape()[0] - rows) * p, Shape{rows, p});
}

/// All rows but begin..end.
Tensor<double> without_rows(const Tensor<double>& matrix, std::size_t begin, std::size_t end) {
  const std::size_t width = matrix.shape()[1];
  Tensor<double> rest(Shape{matrix.shape()[0] - (end - begin), width});
  const auto tail = std::copy_n(matrix.data(), begin * width, rest.data());
  std::copy(matrix.data() + end * width, matrix.data() + matrix.size(), tail);
  return rest;
}

/// What `agreement(rows)` gives without each of `groups` stretches of 0..rows in turn.
template <class Without>
std::vector<Agreement> without_groups(std::size_t rows, std::size_t groups, const Without& agreement) {
  std::vector<Agreement> result;
  for (std::size_t g = 0; g < groups; ++g) {
    result.push_back(agreement(g * rows / groups, (g + 1) * rows / groups));
  }
  return result;
}

/// A trajectory or a sample of parameters with its losses, beside GΣGᵀ with G at the mean.
class PointsComparison {
 public:
  PointsComparison(const LossLandscape& landscape, Tensor<double> points, Divisor divisor,
                   const Blocks& blocks, const ComparisonOptions& options)
      : points_(std::move(points)),
        losses_(dynamical_losses(landscape, points_, options.threads)),
        divisor_(divisor),
        blocks_(blocks) {
    if (fits(landscape, options)) jacobian_ = landscape.jacobian(mean_position(points_).flat());
  }

  Agreement agreement() const { return agree_on(losses_, points_); }

  Agreement with_errors(std::size_t groups) const {
    Agreement result = agreement();
    const std::size_t rows = points_.shape()[0];
    const std::vector<Agreement> without =
        without_groups(rows, std::min(groups, rows), [&](std::size_t begin, std::size_t end) {
          return agree_on(without_rows(losses_, begin, end), without_rows(points_, begin, end));
        });
    set_errors(result, without);
    if (divisor_ == Divisor::sample) remove_bias(result, without);
    return result;
  }

 private:
  Agreement agree_on(const Tensor<double>& losses, const Tensor<double>& points) const {
    Tensor<double> linear;
    if (!jacobian_.empty()) {
      const auto rows = static_cast<double>(points.shape()[0]);
      linear = scaled(trajectory_covariance(jacobian_, points),
                      divisor_ == Divisor::sample ? rows / (rows - 1) : 1);
    }
    return agree(covariance(losses, divisor_), linear, blocks_);
  }

  Tensor<double> points_, losses_;
  Divisor divisor_;
  const Blocks& blocks_;
  Tensor<double> jacobian_;
};

/// σ²GGᵀ + σ⁴·(both terms), with the batches of drawn terms.
Estimate second_order_model(const Tensor<double>& linear, const SecondOrder& terms, double sigma) {
  Estimate model{second_order_covariance(linear, terms, sigma), {}};
  for (std::size_t b = 0; b < terms.hessian.batches.size(); ++b) {
    const SecondOrder batch{{terms.hessian.batches[b], {}}, {terms.third.batches[b], {}}, false};
    model.batches.push_back(second_order_covariance(linear, batch, sigma));
  }
  return model;
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

Agreement compare_losses(const Tensor<double>& losses, const Tensor<double>& linear, const Blocks& blocks) {
  Agreement agreement = agree(covariance(losses, Divisor::sample), linear, blocks);
  set_errors(agreement, without_groups(losses.shape()[0], 20, [&](std::size_t begin, std::size_t end) {
               return agree(covariance(without_rows(losses, begin, end), Divisor::sample), linear, blocks);
             }));
  return agreement;
}

std::vector<Comparison> compare_gaussian(const LossLandscape& landscape, ParameterVector theta,
                                         const Blocks& blocks, const ComparisonOptions& options) {
  Tensor<double> jacobian, gram;
  std::optional<SecondOrder> terms;
  if (fits(landscape, options)) {
    options.progress("second order");
    jacobian = landscape.jacobian(theta);
    gram = linear_covariance(jacobian, 1);
    terms =
        second_order(landscape, theta, jacobian,
                     {.directions = options.directions, .seed = options.seed, .threads = options.threads});
  } else {
    gram = landscape.gram(theta);
  }
  std::vector<Comparison> results;
  for (double sigma : options.sigmas) {
    options.progress("sigma " + short_number(sigma));
    const Tensor<double> linear = scaled(gram, sigma * sigma);
    const PairedLosses pairs = paired_losses(
        landscape, theta, jacobian,
        {.sigma = sigma, .draws = options.draws, .seed = options.seed, .threads = options.threads});
    const Estimate c = jacobian.empty() ? paired_estimate(pairs) : control_variate(pairs, linear);
    Comparison& result = results.emplace_back();
    result.sigma = sigma;
    result.draws = 2 * pairs.odd.shape()[0];
    result.agreement = agree(c.covariance, linear, blocks);
    std::vector<Agreement> without;
    for (const Tensor<double>& rest : leave_one_out(c)) without.push_back(agree(rest, linear, blocks));
    set_errors(result.agreement, std::move(without));
    result.error_order1 = sampled_error({linear, {}}, c);
    result.agreement.error = result.error_order1.measured;
    result.extras = {{"draws", result.draws},
                     {"odd_share", frobenius_norm(odd_covariance(pairs)) / frobenius_norm(c.covariance)}};
    if (!terms) continue;
    const Estimate model = second_order_model(linear, *terms, sigma);
    result.second = summarise(model.covariance, blocks);
    result.error_order2 = sampled_error(model, c);
  }
  return results;
}

Measured slope_in_sigma(const std::vector<Comparison>& all, SampledError Comparison::*error) {
  std::vector<double> sigmas, errors;
  std::vector<std::vector<double>> without;  // by batch, by sigma
  for (const Comparison& g : all) {
    const SampledError& found = g.*error;
    if (!(found.measured.value > 3 * g.agreement.mc_error) || !(found.measured.value < 0.05)) continue;
    sigmas.push_back(g.sigma);
    errors.push_back(found.measured.value);
    without.resize(found.without.size());
    for (std::size_t b = 0; b < without.size(); ++b) without[b].push_back(found.without[b]);
  }
  std::vector<double> slopes;
  for (const std::vector<double>& rest : without) slopes.push_back(log_log_slope(sigmas, rest));
  return {log_log_slope(sigmas, errors), jackknife_error(slopes)};
}

Comparison compare_dynamical(const LossLandscape& landscape, const Tensor<double>& history,
                             std::size_t window, const Blocks& blocks, const ComparisonOptions& options) {
  Comparison result;
  result.draws = window;
  result.extras = {{"window", window}};
  for (std::size_t rows = windows_of_history * window; rows >= std::min<std::size_t>(3, window); rows /= 2) {
    if (rows > history.shape()[0]) continue;
    const PointsComparison points(landscape, newest(history, rows), Divisor::population, blocks, options);
    const Agreement agreement = rows == window ? points.with_errors(10) : points.agreement();
    if (rows == window) result.agreement = agreement;
    result.by_window.emplace_back(rows, agreement.error.value);
  }
  result.note = result.agreement.own.covariance.empty()
                    ? "no window of " + std::to_string(window) + " recordings is full yet"
                    : "± tells how far a number rests on one tenth of the window";
  return result;
}

Comparison compare_replica(const LossLandscape& landscape, const Tensor<double>& copies, const Blocks& blocks,
                           const ComparisonOptions& options) {
  Comparison result;
  result.draws = copies.shape()[0];
  result.extras = {{"replicas", result.draws}};
  result.agreement =
      PointsComparison(landscape, copies, Divisor::sample, blocks, options).with_errors(result.draws);
  result.note = "± is the scatter of " + std::to_string(result.draws) +
                " copies; PR and the relative error are mended for how few they are";
  return result;
}

SgldComparison compare_sgld(const LossLandscape& landscape, const LossLandscape* data, ParameterVector theta,
                            const Blocks& blocks, const ComparisonOptions& options) {
  const LossLandscape& samples = data == nullptr ? landscape : *data;
  const auto n = static_cast<double>(samples.probes());
  const double sigma = options.middle_sigma();
  SgldComparison result;
  SgldOptions& chain = result.options;
  chain = {.beta = 1 / std::log(n), .samples = samples.probes(), .localisation = 1 / (sigma * sigma)};
  const double stiffness =
      chain.beta * n * largest_curvature(samples, theta, options.seed) + chain.localisation;
  chain.step = 0.2 / stiffness;
  chain.batch = samples.probes() > sgld_batch ? sgld_batch : 0;
  chain.burn_in = 200;
  chain.thinning = 5;
  chain.seed = options.seed;
  chain.threads = options.threads;
  result.result = sgld(samples, landscape, theta, chain);
  const Tensor<double> linear = scaled(landscape.gram(theta), 1 / chain.localisation);
  result.agreement = compare_losses(result.result.losses, linear, blocks);
  return result;
}

Glance glance(const LossLandscape& landscape, ParameterVector theta, const Tensor<double>& history,
              std::size_t window, const ComparisonOptions& options) {
  Glance result;
  const double sigma = options.middle_sigma();
  const Tensor<double> jacobian = fits(landscape, options) ? landscape.jacobian(theta) : Tensor<double>();
  const Tensor<double> linear =
      scaled(jacobian.empty() ? landscape.gram(theta) : linear_covariance(jacobian, 1), sigma * sigma);
  const PairedLosses pairs = paired_losses(landscape, theta, jacobian,
                                           {.sigma = sigma,
                                            .draws = std::clamp<std::size_t>(options.draws / 20, 4, 1000),
                                            .seed = options.seed,
                                            .threads = options.threads});
  const Estimate c = jacobian.empty() ? paired_estimate(pairs) : control_variate(pairs, linear);
  const Moments gaussian = matrix_moments(c.covariance), model = matrix_moments(linear);
  const double fourth = std::pow(sigma, 4);
  result.shc_gaussian = gaussian.spectral_heat_capacity() / fourth;
  result.pr_gaussian = gaussian.participation_ratio();
  result.shc_linear = model.spectral_heat_capacity() / fourth;
  result.pr_linear = model.participation_ratio();
  if (history.shape()[0] < window) return result;
  const Moments own =
      moments(dynamical_losses(landscape, newest(history, window), options.threads), Divisor::population);
  result.shc_dynamical = own.spectral_heat_capacity();
  result.pr_dynamical = own.participation_ratio();
  return result;
}

std::size_t default_draws(const LossLandscape& landscape) {
  return 2 * static_cast<std::size_t>(std::clamp(20000 * 5e5 / landscape.work(), 200.0, 20000.0));
}

std::size_t default_directions(const LossLandscape& landscape) {
  return static_cast<std::size_t>(std::clamp(600 * 5e5 / landscape.work(), 60.0, 600.0));
}

}  // namespace premelt
