#include "rdm/samplers/autocorrelation.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

std::vector<double> centred(std::span<const double> series) {
  const double mean = mean_of(series);
  std::vector<double> x(series.begin(), series.end());
  for (double& value : x) value -= mean;
  return x;
}

/// (1/M) Σ_t x_t·x_{t+lag}
double autocovariance(const std::vector<double>& x, std::size_t lag) {
  return blas::dot(x.size() - lag, x.data(), x.data() + lag) / static_cast<double>(x.size());
}

}  // namespace

double autocorrelation_time(std::span<const double> series) {
  if (series.size() < 4) {
    throw ShapeError("[autocorrelation] needs at least 4 values, got " + std::to_string(series.size()));
  }
  const std::vector<double> x = centred(series);
  const double variance = autocovariance(x, 0);
  if (!(variance > 0)) return 1;
  double time = -1;
  for (std::size_t lag = 0; lag + 1 < x.size(); lag += 2) {
    const double pair = (autocovariance(x, lag) + autocovariance(x, lag + 1)) / variance;
    if (pair <= 0) break;
    time += 2 * pair;
  }
  return std::max(1.0, time);
}

double effective_sample_size(std::span<const double> series) {
  return static_cast<double>(series.size()) / autocorrelation_time(series);
}

double standard_error_of_mean(std::span<const double> series) {
  return std::sqrt(autocovariance(centred(series), 0) / effective_sample_size(series));
}

}  // namespace premelt
