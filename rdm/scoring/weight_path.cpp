#include "rdm/scoring/weight_path.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// Of the largest singular value.
constexpr double smallest_update = 1e-6;

}  // namespace

std::vector<double> log_squares(std::span<const double> norms) {
  std::vector<double> logs;
  for (const double norm : norms) logs.push_back(2 * std::log(norm));
  return logs;
}

double first_passage(std::span<const std::int64_t> steps, std::span<const double> logs, double level) {
  if (steps.size() != logs.size()) {
    throw ShapeError("[first_passage] " + std::to_string(steps.size()) + " steps and " +
                     std::to_string(logs.size()) + " norms");
  }
  // Times are those since the newest step: whole numbers, so that a shift of all steps changes nothing.
  const auto count = static_cast<double>(steps.size());
  double middle = 0, along = 0, times = 0;
  for (const std::int64_t step : steps) middle += static_cast<double>(step - steps.back()) / count;
  const double centre = mean_of(logs);
  for (std::size_t a = 0; a < steps.size(); ++a) {
    const double time = static_cast<double>(steps[a] - steps.back()) - middle;
    along += time * (logs[a] - centre);
    times += time * time;
  }
  const double slope = along / times;
  const double now = centre - slope * middle;
  const double left = (level - now) / slope;
  return std::isfinite(left) && left >= 0 ? -left : undefined;
}

Watched first_passages(const WeightPath& path, std::size_t window, double level) {
  Watched watched{{}, {}, path.end};
  std::vector<std::int64_t> times;
  for (std::size_t t = 0; t < path.log_squares.size(); ++t) {
    times.push_back(path.first + static_cast<std::int64_t>(t) * path.every);
    if (times.size() < window) continue;
    watched.times.push_back(times.back());
    watched.values.push_back(first_passage(
        std::span(times).last(window), std::span(path.log_squares).subspan(t + 1 - window, window), level));
  }
  return watched;
}

double spectral_edge(const Tensor<double>& gram) {
  const Tensor<double> squares = blas::symmetric_eigenvalues(gram);
  double largest = undefined;
  for (std::size_t k = 0; k + 1 < squares.size(); ++k) {
    if (!(squares(k + 1) > smallest_update * smallest_update * squares(0))) break;
    largest = std::fmax(largest, std::sqrt(squares(k) / squares(k + 1)));
  }
  return largest;
}

void UpdateProducts::add(std::span<const double> theta) {
  std::vector<double> update(theta.size(), 0.0);
  if (!last_.empty()) {
    for (std::size_t a = 0; a < theta.size(); ++a) update[a] = theta[a] - last_[a];
  }
  last_.assign(theta.begin(), theta.end());
  updates_.push_front(std::move(update));
  if (updates_.size() > window_) updates_.pop_back();
  const std::vector<double>& newest = updates_.front();
  for (const std::vector<double>& other : updates_)
    rows_.push_back(blas::dot(newest.size(), newest.data(), other.data()));
  rows_.resize((rows_.size() + window_ - 1) / window_ * window_, 0.0);
}

Tensor<double> UpdateProducts::rows() const {
  Tensor<double> rows(Shape{rows_.size() / window_, window_});
  std::ranges::copy(rows_, rows.flat().begin());
  return rows;
}

Tensor<double> update_gram(const Tensor<double>& products, std::size_t t, std::size_t window) {
  if (window > products.shape()[1] || t >= products.shape()[0] || t + 1 < window) {
    throw ShapeError("[update_gram] a window of " + std::to_string(window) + " updates up to recording " +
                     std::to_string(t) + ": there are " + to_string(products.shape()));
  }
  Tensor<double> gram(Shape{window, window});
  for (std::size_t a = 0; a < window; ++a) {
    for (std::size_t b = 0; b <= a; ++b) gram(a, b) = gram(b, a) = products(t + 1 - window + a, a - b);
  }
  return gram;
}

}  // namespace premelt
