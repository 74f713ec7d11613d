#pragma once
/// Sampled covariances against exact ones.

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "rdm/samplers/autocorrelation.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt::test {

/// Every entry of the losses' covariance lies within `limit` standard errors, corrected for the
/// autocorrelation of the products along each of `chains` series, of `exact`.
inline void check_covariance(const Tensor<double>& losses, const Tensor<double>& exact, std::size_t chains,
                             double limit) {
  const std::size_t rows = losses.shape()[0], n = losses.shape()[1], length = rows / chains;
  const Tensor<double> x = detrended(losses, Detrend::none), c = covariance(losses, Divisor::sample);
  std::vector<double> product(rows);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t t = 0; t < rows; ++t) product[t] = x(t, i) * x(t, j);
      double variance = 0;
      for (std::size_t k = 0; k < chains; ++k) {
        variance += std::pow(standard_error_of_mean({product.data() + k * length, length}), 2);
      }
      const double error = std::sqrt(variance) / static_cast<double>(chains);
      INFO("entry " << i << "," << j << ": " << c(i, j) << " against " << exact(i, j) << " +- " << error);
      CHECK(std::abs(c(i, j) - exact(i, j)) <= limit * error);
    }
  }
}

}  // namespace premelt::test
