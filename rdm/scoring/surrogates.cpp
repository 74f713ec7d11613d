#include "rdm/scoring/surrogates.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/tensor/error.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

namespace {

void check_matrix(const Tensor<double>& losses) {
  if (losses.rank() != 2 || losses.shape()[0] < 3 || losses.shape()[1] == 0)
    throw ShapeError("[surrogate] expected losses (T,n) with T >= 3");
  for (std::size_t t = 0; t < losses.shape()[0]; ++t)
    check_losses(losses.row(t), "in row " + std::to_string(t) + " (both counted from 0)");
}

/// First-order autoregression fitted by moments.
struct Autoregression {
  double mean = 0, variance = 0, memory = 0;
};

Autoregression fit(const Tensor<double>& losses, std::size_t probe) {
  const std::size_t rows = losses.shape()[0];
  Autoregression found;
  for (std::size_t t = 0; t < rows; ++t) found.mean += losses(t, probe) / static_cast<double>(rows);
  double squares = 0, products = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    const double x = losses(t, probe) - found.mean;
    squares += x * x;
    if (t > 0) products += x * (losses(t - 1, probe) - found.mean);
  }
  found.variance = squares / static_cast<double>(rows);
  found.memory = squares > 0 ? products / squares : 0;
  return found;
}

}  // namespace

Tensor<double> circular_shift(const Tensor<double>& losses, Rng& rng) {
  check_matrix(losses);
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  Tensor<double> result(losses.shape());
  for (std::size_t i = 0; i < probes; ++i) {
    const std::size_t shift = rng.below(rows);
    for (std::size_t t = 0; t < rows; ++t) result((t + shift) % rows, i) = losses(t, i);
  }
  return result;
}

Tensor<double> autoregressive(const Tensor<double>& losses, Rng& rng) {
  check_matrix(losses);
  Tensor<double> result(losses.shape());
  for (std::size_t i = 0; i < losses.shape()[1]; ++i) {
    const auto [mean, variance, memory] = fit(losses, i);
    const double sd = std::sqrt(variance), innovation = std::sqrt(std::max(0.0, 1 - memory * memory));
    double x = rng.normal();
    for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
      result(t, i) = mean + sd * x;
      x = memory * x + innovation * rng.normal();
    }
  }
  return result;
}

Tensor<double> block_bootstrap(const Tensor<double>& losses, std::size_t block, Rng& rng) {
  check_matrix(losses);
  const std::size_t rows = losses.shape()[0];
  if (block == 0 || block > rows) {
    throw UsageError("block_bootstrap: expected a block of 1 to " + std::to_string(rows) +
                     " recordings, got " + std::to_string(block));
  }
  Tensor<double> result(losses.shape());
  std::size_t start = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    if (t % block == 0) start = rng.below(rows - block + 1);
    std::ranges::copy(losses.row(start + t % block), result.row(t).begin());
  }
  return result;
}

}  // namespace premelt
