#include "rdm/window/top_eigenvalue.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/linalg/blas.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

constexpr int most_iterations = 40, hopeful_iterations = 8;
constexpr double tolerance = 1e-13;

/// The row with the largest diagonal entry: not orthogonal to what moves most.
std::vector<double> start(const Tensor<double>& matrix) {
  std::size_t largest = 0;
  for (std::size_t a = 1; a < matrix.shape()[0]; ++a) {
    if (matrix(a, a) > matrix(largest, largest)) largest = a;
  }
  const auto row = matrix.row(largest);
  std::vector<double> vector(row.begin(), row.end());
  const double length = norm(vector);
  for (double& x : vector) x /= length;
  return vector;
}

/// |Au - ρu| / ρ.
double relative_residual(const std::vector<double>& image, const std::vector<double>& vector, double rho) {
  std::vector<double> residual(image.size());
  for (std::size_t a = 0; a < image.size(); ++a) residual[a] = image[a] / rho - vector[a];
  return norm(residual);
}

}  // namespace

std::optional<double> TopEigenvalue::operator()(const Tensor<double>& matrix, double frobenius) {
  if (!(frobenius > 0)) return frobenius;  // 0, or NaN: no statement
  const std::size_t m = matrix.shape()[0];
  std::vector<double> vector = vector_.size() == m ? std::move(vector_) : start(matrix);
  vector_.clear();
  std::vector<double> image(m);
  for (int i = 0; i < most_iterations; ++i) {
    blas::gemv(blas::Transpose::no, m, m, 1.0, matrix.data(), m, vector.data(), 0.0, image.data());
    const double rho = blas::dot(m, vector.data(), image.data()), length = norm(image);
    if (!(rho > 0)) return std::nullopt;
    const double residual = relative_residual(image, vector, rho);
    for (std::size_t a = 0; a < m; ++a) vector[a] = image[a] / length;
    const double ratio = frobenius / rho, others = std::sqrt(std::max(0.0, (ratio - 1) * (ratio + 1)));
    if (residual * residual <= tolerance * (1 - others)) {
      vector_ = std::move(vector);
      return rho;
    }
    if (i >= hopeful_iterations && others >= 1) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace premelt
