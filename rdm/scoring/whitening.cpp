#include "rdm/scoring/whitening.hpp"

#include <cmath>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

/// Of the mean eigenvalue, added to all: directions that the null hardly knows are not blown up.
constexpr double ridge = 0.01;

}  // namespace

std::optional<Tensor<double>> whitener(const Tensor<double>& losses) {
  if (losses.rank() != 2)
    throw ShapeError("[whitener] needs a loss matrix, got " + to_string(losses.shape()));
  if (losses.shape()[0] < 2) return std::nullopt;
  const std::size_t n = losses.shape()[1];
  const auto pairs = blas::symmetric_eigen(covariance(losses, Divisor::population), n);
  double trace = 0;
  for (double value : pairs.values.flat()) trace += value;
  if (!(trace > 0)) return std::nullopt;
  Tensor<double> result(Shape{n, n}, 0.0);
  for (std::size_t k = 0; k < n; ++k) {
    const double weight = 1 / std::sqrt(pairs.values(k) + ridge * trace / static_cast<double>(n));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) result(i, j) += weight * pairs.vectors(k, i) * pairs.vectors(k, j);
    }
  }
  return result;
}

}  // namespace premelt
