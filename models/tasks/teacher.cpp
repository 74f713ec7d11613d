#include "models/tasks/teacher.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

Tensor<double> random_orthonormal_rows(std::size_t count, std::size_t n, Rng& rng) {
  const Tensor<double> gaussian = normal_tensor<double>(Shape{n, count}, rng);
  Tensor<double> columns(Shape{count, n});
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < n; ++i) columns(k, i) = gaussian(i, k);
  }
  auto [rows, r] = blas::qr(columns);
  for (std::size_t k = 0; k < count; ++k) {
    // QR leaves the signs open; fixing R's diagonal positive makes the distribution uniform.
    const double sign = r(k, k) < 0 ? -1 : 1;
    for (double& x : rows.row(k)) x *= sign;
  }
  return rows;
}

Teacher random_teacher(const std::vector<double>& strengths, std::size_t inputs, std::size_t outputs,
                       Rng& rng) {
  if (strengths.empty() || strengths.size() > std::min(inputs, outputs)) {
    throw UsageError("parameter 'strengths': " + std::to_string(strengths.size()) +
                     " modes do not fit between " + std::to_string(inputs) + " inputs and " +
                     std::to_string(outputs) + " outputs, expected 1 to the smaller of the two");
  }
  if (!std::ranges::is_sorted(strengths, std::greater<>()) || !(strengths.back() > 0)) {
    throw UsageError("parameter 'strengths': expected positive numbers, largest first");
  }
  Tensor<double> left = random_orthonormal_rows(strengths.size(), outputs, rng);
  return {left, strengths, random_orthonormal_rows(strengths.size(), inputs, rng)};
}

Tensor<double> Teacher::matrix() const {
  Tensor<double> scaled = left.clone();
  for (std::size_t k = 0; k < modes(); ++k) {
    for (double& x : scaled.row(k)) x *= strengths[k];
  }
  Tensor<double> product(Shape{outputs(), inputs()});
  blas::gemm(blas::Transpose::yes, blas::Transpose::no, outputs(), inputs(), modes(), 1.0, scaled.data(),
             outputs(), right.data(), inputs(), 0.0, product.data(), inputs());
  return product;
}

Teacher teacher_of(const Tensor<double>& matrix) {
  const auto [left, values, right] = blas::svd(matrix);
  std::size_t count = 0;
  while (count < values.size() && values(count) > 1e-6 * values(0)) ++count;
  const auto first_rows = [count](const Tensor<double>& rows) {
    Tensor<double> top(Shape{count, rows.shape()[1]});
    std::copy_n(rows.data(), top.size(), top.data());
    return top;
  };
  return {first_rows(left), {values.data(), values.data() + count}, first_rows(right)};
}

Tensor<double> covariance_root(std::size_t n, double condition_number, Rng& rng) {
  std::vector<double> eigenvalues(n);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double exponent = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0;
    total += eigenvalues[i] = std::pow(condition_number, -exponent);
  }
  const Tensor<double> rotation = random_orthonormal_rows(n, n, rng);
  Tensor<double> root(Shape{n, n}, 0.0);
  for (std::size_t k = 0; k < n; ++k) {
    const double sd = std::sqrt(eigenvalues[k] * static_cast<double>(n) / total);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) root(i, j) += sd * rotation(k, i) * rotation(k, j);
    }
  }
  return root;
}

}  // namespace premelt
