#include "rdm/proposition/distances.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// How many of the leading eigenvectors are defined.
std::size_t defined_modes(const Spectrum& spectrum) {
  std::size_t count = 0;
  while (count < spectrum.eigenvalues.size() && spectrum.eigenvalues(count) > 0) ++count;
  return count;
}

}  // namespace

double relative_error(const Tensor<double>& model, const Tensor<double>& reference) {
  if (model.shape() != reference.shape()) {
    throw ShapeError("[relative_error] shapes differ: " + to_string(model.shape()) + " and " +
                     to_string(reference.shape()));
  }
  Tensor<double> difference(model.shape());
  std::ranges::transform(model.flat(), reference.flat(), difference.data(), std::minus<>());
  const double scale = frobenius_norm(reference);
  return scale > 0 ? frobenius_norm(difference) / scale : undefined;
}

double top_overlap(const Tensor<double>& a, const Tensor<double>& b) {
  return overlap(matrix_spectrum(a, 1).modes.row(0), matrix_spectrum(b, 1).modes.row(0));
}

std::vector<double> principal_angles(const Tensor<double>& a, const Tensor<double>& b, std::size_t k) {
  if (k < 1 || k > a.shape()[0]) {
    throw UsageError("principal angles need 1 to " + std::to_string(a.shape()[0]) + " eigenvectors, got " +
                     std::to_string(k));
  }
  const Spectrum of_a = matrix_spectrum(a, k), of_b = matrix_spectrum(b, k);
  const std::size_t n = a.shape()[0], rank = std::min(defined_modes(of_a), defined_modes(of_b));
  if (rank == 0) return {};
  Tensor<double> cosines(Shape{rank, rank});
  blas::gemm(blas::Transpose::no, blas::Transpose::yes, rank, rank, n, 1.0, of_a.modes.data(), n,
             of_b.modes.data(), n, 0.0, cosines.data(), rank);
  const Tensor<double> values = blas::svd(cosines).values;
  std::vector<double> angles;
  for (double cosine : values.flat()) angles.push_back(std::acos(std::min(1.0, cosine)));
  return angles;
}

double log_log_slope(const std::vector<double>& x, const std::vector<double>& y) {
  const auto positive = [](double value) { return value > 0; };
  if (x.size() < 2 || x.size() != y.size() || !std::ranges::all_of(x, positive) ||
      !std::ranges::all_of(y, positive)) {
    return undefined;
  }
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += std::log(x[i]) / n;
    mean_y += std::log(y[i]) / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += std::pow(std::log(x[i]) - mean_x, 2);
    xy += (std::log(x[i]) - mean_x) * (std::log(y[i]) - mean_y);
  }
  return xx > 0 ? xy / xx : undefined;
}

}  // namespace premelt
