#include "rdm/window/null.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

void check_degrees(double degrees) {
  if (degrees < 1) {
    throw ShapeError("[null] no degree of freedom is left: the window is too short for this detrending");
  }
}

/// The principal variances of a centred walk through W recordings, of sum 1: ∝ 1/sin²(πk/2W), k = 1..W-1.
std::vector<double> walk_variances(std::size_t window) {
  std::vector<double> variances(window - 1);
  double sum = 0;
  for (std::size_t k = 1; k < window; ++k) {
    const double sine =
        std::sin(std::numbers::pi * static_cast<double>(k) / (2 * static_cast<double>(window)));
    variances[k - 1] = 1 / (sine * sine);
    sum += variances[k - 1];
  }
  for (double& variance : variances) variance /= sum;
  return variances;
}

/// E[F e^(-sT)] with T = tr C and F = ‖C‖_F² of a Gaussian matrix whose rows have these variances in each of
/// d directions: a Gaussian again, of variances v = τ/(1+2sτ), times the probability that the tilt takes
/// away.
double tilted_squares(const std::vector<double>& variances, double d, double s) {
  double log_weight = 0, sum = 0, squares = 0;
  for (double variance : variances) {
    const double v = variance / (1 + 2 * s * variance);
    log_weight -= d / 2 * std::log1p(2 * s * variance);
    sum += v;
    squares += v * v;
  }
  return std::exp(log_weight) * d * (sum * sum + (d + 1) * squares);
}

/// 1/E[1/PR] of n independent Gaussian probes over `degrees` independent recordings.
double gaussian_participation_ratio(std::size_t probes, double degrees) {
  const auto n = static_cast<double>(probes);
  return (n * degrees + 2) / (n + degrees + 1);
}

/// E[Σ X²]/s² per probe for T rows of i.i.d. noise.
double degrees_of_freedom(std::size_t rows, Detrend detrend) {
  const auto t = static_cast<double>(rows);
  switch (detrend) {
    case Detrend::linear:
      return t - 2;
    case Detrend::diff:  // T-1 differences of variance 2s², whose mean (x_T - x_1)/(T-1) is removed
      return 2 * ((t - 1) - 1 / (t - 1));
    case Detrend::none:
      break;
  }
  return t - 1;
}

}  // namespace

double IidNull::shc_mean() const {
  const auto n = static_cast<double>(probes);
  return std::pow(noise_level, 4) * degrees * (n + 2) * (n - 1) / (n * divisor * divisor);
}

double IidNull::shc_cv() const {
  const auto n = static_cast<double>(probes);
  return 2 * std::sqrt(1 + 2 * n / degrees) / n;
}

double IidNull::shc_threshold() const {
  return shc_mean() * (1 + 4 * shc_cv());
}

double IidNull::participation_ratio() const {
  return gaussian_participation_ratio(probes, degrees);
}

IidNull window_null(std::size_t probes, std::size_t window, double noise_level, Detrend detrend) {
  if (detrend == Detrend::diff) {
    throw UsageError(
        "differences of independent noise are not independent: there is no i.i.d. null for them");
  }
  const double degrees = degrees_of_freedom(window, detrend);
  check_degrees(degrees);
  return {probes, noise_level, degrees, static_cast<double>(window)};
}

IidNull sample_null(std::size_t probes, std::size_t draws, double noise_level) {
  const double degrees = degrees_of_freedom(draws, Detrend::none);
  check_degrees(degrees);
  return {probes, noise_level, degrees, degrees};
}

double noise_level(const Tensor<double>& losses, Detrend detrend) {
  const Tensor<double> x = detrended(losses, detrend);
  const double degrees = degrees_of_freedom(losses.shape()[0], detrend);
  check_degrees(degrees);
  const auto probes = static_cast<double>(x.shape()[1]);
  return std::sqrt(blas::dot(x.size(), x.data(), x.data()) / (probes * degrees));
}

double random_walk_participation_ratio(double dimensions, std::size_t window) {
  if (!(dimensions >= 1)) throw UsageError("a random walk has at least 1 dimension");
  if (window < 2) throw ShapeError("[null] a walk needs a window of at least 2 recordings");
  const std::vector<double> variances = walk_variances(window);
  // E[1/PR] = E[F/T²] = ∫ s·E[F e^(-sT)] ds over s > 0; the trapezoidal rule in log s converges
  // exponentially.
  constexpr double step = 0.25;
  double sum = 0;
  for (double u = -20 - std::log(dimensions); u < 100; u += step) {
    const double term = std::exp(2 * u) * tilted_squares(variances, dimensions, std::exp(u));
    sum += term;
    if (u > 0 && term < 1e-17 * sum) break;
  }
  return 1 / (step * sum);
}

double random_walk_participation_ratio(const NpyRows& losses, std::size_t window) {
  constexpr std::size_t most_windows = 60;
  const std::size_t recordings = losses.shape()[0], probes = losses.shape()[1];
  if (window < 3 || recordings < window) return undefined;
  const std::size_t windows = recordings - window + 1, read = std::min(windows, most_windows);
  std::vector<double> levels;
  for (std::size_t k = 0; k < read; ++k) {
    const std::size_t first = read == 1 ? 0 : k * (windows - 1) / (read - 1);
    Tensor<double> rows(Shape{window, probes});
    for (std::size_t t = 0; t < window; ++t) std::ranges::copy(losses.row(first + t), rows.row(t).begin());
    const double inverse =
        1 / moments(detrended(rows, Detrend::diff), Divisor::population).participation_ratio();
    if (std::isnan(inverse)) continue;
    // The d whose PR few differences show so: IidNull::participation_ratio, solved for n.
    const auto degrees = static_cast<double>(window - 2), most = static_cast<double>(probes);
    const double excess = inverse * degrees - 1,
                 dimensions = excess > 0 ? (degrees + 1 - 2 * inverse) / excess : most;
    levels.push_back(random_walk_participation_ratio(std::clamp(dimensions, 1.0, most), window));
  }
  return levels.empty() ? undefined : median(levels);
}

}  // namespace premelt
