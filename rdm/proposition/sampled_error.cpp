#include "rdm/proposition/sampled_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rdm/proposition/distances.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// Standard errors of e² that it has to stand above zero before its root is given an error.
constexpr double clear = 4;

/// s², 0 for what is known exactly.
double squared_error(const Estimate& estimate) {
  return estimate.batches.size() < 2 ? 0 : std::pow(estimate.standard_error(), 2);
}

double squared_relative_error(const Estimate& model, const Estimate& c) {
  const double plain = relative_error(model.covariance, c.covariance), noise = squared_error(c),
               scale = std::pow(frobenius_norm(c.covariance), 2);
  return (plain * plain * scale - noise - squared_error(model)) / (scale - noise);
}

/// The estimate from all batches but one, for each.
std::vector<Estimate> without_each_batch(const Estimate& estimate) {
  std::vector<Estimate> all;
  for (const Tensor<double>& rest : leave_one_out(estimate)) {
    Estimate& without = all.emplace_back(Estimate{rest, estimate.batches});
    without.batches.erase(without.batches.begin() + static_cast<std::ptrdiff_t>(all.size()) - 1);
  }
  return all;
}

}  // namespace

double interval_factor(std::size_t groups) {
  if (groups < 2) return std::numeric_limits<double>::quiet_NaN();
  return student_quantile(static_cast<double>(groups - 1), 0.975);
}

SampledError sampled_error(const Estimate& model, const Estimate& c) {
  SampledError result;
  result.measured.value = relative_error(model.covariance, c.covariance);
  if (c.batches.size() < 3) return result;
  std::vector<double> without_draws, without_directions;
  for (const Estimate& rest : without_each_batch(c)) {
    without_draws.push_back(squared_relative_error(model, rest));
    result.without.push_back(std::sqrt(without_draws.back()));
  }
  for (const Estimate& rest : without_each_batch(model))
    without_directions.push_back(squared_relative_error(rest, c));
  const double square = squared_relative_error(model, c),
               error = std::hypot(jackknife_error(without_draws),
                                  without_directions.empty() ? 0 : jackknife_error(without_directions));
  result.measured.value = std::sqrt(std::max(square, 0.0));
  if (square >= clear * error) {
    result.measured.error = square > 0 ? error / (2 * result.measured.value) : 0;
  } else {
    // Not below the floor itself: where e² comes out small by chance, so does its standard error.
    const double noise =
        (squared_error(c) + squared_error(model)) / std::pow(frobenius_norm(c.covariance), 2);
    result.measured.below =
        std::sqrt(std::max(square, 0.0) + noise + interval_factor(c.batches.size()) * error);
  }
  return result;
}

}  // namespace premelt
