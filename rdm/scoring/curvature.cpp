#include "rdm/scoring/curvature.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/window/spectrum.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

std::vector<std::size_t> all_samples(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// x + factor·y.
std::vector<double> moved(std::span<const double> x, double factor, std::span<const double> y) {
  std::vector<double> result(x.begin(), x.end());
  for (std::size_t a = 0; a < x.size(); ++a) result[a] += factor * y[a];
  return result;
}

double inner_product(std::span<const double> x, std::span<const double> y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

/// The median of what is defined.
double defined_median(std::vector<double> values) {
  std::erase_if(values, [](double x) { return std::isnan(x); });
  return values.empty() ? undefined : median(values);
}

/// Of one pair.
Commutator of_pair(const LossLandscape& landscape, ParameterVector theta, double rate,
                   const BatchPair& pair) {
  const auto& [a, b] = pair;
  const Tensor<double> ga = landscape.mean_gradient(theta, a), gb = landscape.mean_gradient(theta, b);
  const double lengths = norm(ga.flat()) * norm(gb.flat());
  if (!(lengths > 0)) return {undefined, undefined};
  // θ_AB = θ − ηg_A − ηg_B(θ − ηg_A), and the other way round.
  const std::vector<double> after_a = moved(theta, -rate, ga.flat()),
                            after_b = moved(theta, -rate, gb.flat());
  const Tensor<double> gb_after_a = landscape.mean_gradient(after_a, b),
                       ga_after_b = landscape.mean_gradient(after_b, a);
  const std::vector<double> ab = moved(after_a, -rate, gb_after_a.flat()),
                            ba = moved(after_b, -rate, ga_after_b.flat());
  const Tensor<double> hagb = landscape.mean_hessian_product(theta, gb.flat(), a),
                       hbga = landscape.mean_hessian_product(theta, ga.flat(), b);
  return {norm(moved(ab, -1, ba)) / (rate * rate * lengths),
          norm(moved(hagb.flat(), -1, hbga.flat())) / lengths};
}

}  // namespace

double noise_scale(const Tensor<double>& gram) {
  const std::size_t n = gram.shape()[0];
  double own = 0, all = 0;
  for (std::size_t i = 0; i < n; ++i) {
    own += gram(i, i) / static_cast<double>(n);
    for (double product : gram.row(i)) all += product / static_cast<double>(n) / static_cast<double>(n);
  }
  return all > 0 ? (own - all) / all : undefined;
}

double Sharpness::operator()(const LossLandscape& landscape, ParameterVector theta) {
  const std::vector<std::size_t> all = all_samples(landscape.probes());
  if (vector_.empty()) {
    Rng rng(seed_, "power iteration");
    vector_.resize(theta.size());
    for (double& x : vector_) x = rng.normal();
    const double length = norm(vector_);
    for (double& x : vector_) x /= length;
  }
  double value = 0;
  for (products_ = 1; products_ <= most_products_; ++products_) {
    const Tensor<double> product = landscape.mean_hessian_product(theta, vector_, all);
    value = inner_product(vector_, product.flat());
    shift_ = std::max(shift_, -value);
    const std::vector<double> next = moved(product.flat(), shift_, vector_);
    const double length = norm(next);
    if (!(length > 0)) break;
    const double residual = norm(moved(product.flat(), -value, vector_));
    for (std::size_t a = 0; a < next.size(); ++a) vector_[a] = next[a] / length;
    if (residual <= tolerance_ * (std::abs(value) + shift_) && value > -shift_) break;
  }
  products_ = std::min(products_, most_products_);
  return value;
}

std::vector<BatchPair> batch_pairs(std::size_t samples, std::size_t batch, std::size_t pairs,
                                   std::uint64_t seed) {
  const std::size_t size = std::min(batch, samples / 2);
  if (size == 0) return {};
  Rng rng(seed, "batch pairs");
  std::vector<std::size_t> order = all_samples(samples);
  std::vector<BatchPair> result;
  for (std::size_t k = 0; k < pairs; ++k) {
    for (std::size_t i = 0; i < 2 * size; ++i) std::swap(order[i], order[i + rng.below(samples - i)]);
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(size);
    result.push_back({{order.begin(), middle}, {middle, middle + static_cast<std::ptrdiff_t>(size)}});
  }
  return result;
}

Commutator commutator(const LossLandscape& landscape, ParameterVector theta, double rate,
                      const std::vector<BatchPair>& pairs) {
  if (!(rate > 0)) throw UsageError("commutator: the rate must be positive, got " + short_number(rate));
  std::vector<double> defects, limits;
  for (const BatchPair& pair : pairs) {
    const Commutator found = of_pair(landscape, theta, rate, pair);
    defects.push_back(found.defect);
    limits.push_back(found.limit);
  }
  return {defined_median(defects), defined_median(limits)};
}

}  // namespace premelt
