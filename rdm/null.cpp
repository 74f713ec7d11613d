#include "rdm/null.hpp"

#include <cmath>
#include <string>

#include "engine/blas.hpp"
#include "engine/error.hpp"

namespace premelt {

namespace {

void check_degrees(double degrees) {
  if (degrees < 1) {
    throw ShapeError("[null] no degree of freedom is left: the window is too short for this detrending");
  }
}

/// E[(tr C)²]/E[‖C‖_F²] for n independent Gaussian probes, each with `degrees` effective degrees of freedom
/// in time.
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

Interval IidNull::eigenvalue_edges() const {
  const double root = std::sqrt(static_cast<double>(probes) / degrees);
  const double scale = noise_level * noise_level * degrees / divisor;
  return {scale * (1 - root) * (1 - root), scale * (1 + root) * (1 + root)};
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

double random_walk_participation_ratio(std::size_t probes, std::size_t window) {
  // The principal variances of a centred walk of W steps are ∝ 1/sin²(πk/2W), k = 1..W-1; both sums are
  // closed.
  const auto w = static_cast<double>(window);
  const double sum = 2 * (w * w - 1) / 3;
  const double sum_of_squares = ((4 * w * w - 1) * (4 * w * w + 11) / 45 - 1) / 2;
  return gaussian_participation_ratio(probes, sum * sum / sum_of_squares);
}

}  // namespace premelt
