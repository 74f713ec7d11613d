#include "rdm/scoring/dynamics.hpp"

#include <algorithm>
#include <cmath>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// Of the largest eigenvalue of a Gram: what is smaller is rounding.
constexpr double smallest_share = 1e-10;
constexpr std::size_t most_delays = 8;
constexpr std::size_t waves = 4;

/// Columns `first` to `first + count - 1` of (r,T).
Tensor<double> columns(const Tensor<double>& series, std::size_t first, std::size_t count) {
  Tensor<double> result(Shape{series.shape()[0], count});
  for (std::size_t k = 0; k < result.shape()[0]; ++k)
    std::ranges::copy(series.row(k).subspan(first, count), result.row(k).begin());
  return result;
}

Tensor<double> minus_row_means(Tensor<double> rows) {
  for (std::size_t k = 0; k < rows.shape()[0]; ++k) {
    double mean = 0;
    for (double x : rows.row(k)) mean += x / static_cast<double>(rows.row(k).size());
    for (double& x : rows.row(k)) x -= mean;
  }
  return rows;
}

Tensor<double> transposed(const Tensor<double>& x) {
  Tensor<double> result(Shape{x.shape()[1], x.shape()[0]});
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < x.shape()[1]; ++i) result(i, a) = x(a, i);
  }
  return result;
}

/// A (m,k)·B (k,n), or A·Bᵀ with B (n,k).
Tensor<double> product(const Tensor<double>& a, const Tensor<double>& b, blas::Transpose turn_b) {
  const std::size_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[turn_b == blas::Transpose::no ? 1 : 0];
  Tensor<double> result(Shape{m, n});
  blas::gemm(blas::Transpose::no, turn_b, m, n, k, 1.0, a.data(), k, b.data(), b.shape()[1], 0.0,
             result.data(), n);
  return result;
}

/// The first `count` rows.
Tensor<double> leading(const Tensor<double>& rows, std::size_t count) {
  return rows.subspan(0, Shape{count, rows.shape()[1]});
}

/// What the leading left singular vectors U of `before` (m,T) and their right ones V see of `after` (m,T).
struct Step {
  Tensor<double> seen;         ///< Uᵀ·after·V (q,q)
  std::vector<double> values;  ///< (q) singular values of `before`
};

/// With at most `most` vectors; none when `before` is zero. Through products of m rows: V = beforeᵀ·U·S⁻¹.
Step one_step(const Tensor<double>& before, const Tensor<double>& after, std::size_t most) {
  const blas::Eigen<double> pairs = blas::symmetric_eigen(row_gram(before), most);
  Step step;
  for (double square : pairs.values.flat()) {
    if (!(square > smallest_share * pairs.values(0))) break;
    step.values.push_back(std::sqrt(square));
  }
  const std::size_t q = step.values.size();
  const Tensor<double> u = leading(pairs.vectors, q);
  step.seen = product(product(u, product(after, before, blas::Transpose::yes), blas::Transpose::no), u,
                      blas::Transpose::yes);
  for (std::size_t i = 0; i < q; ++i) {
    for (std::size_t j = 0; j < q; ++j) step.seen(i, j) /= step.values[j];
  }
  return step;
}

double squares(const Tensor<double>& x) {
  return blas::dot(x.size(), x.data(), x.data());
}

/// d recordings under each other: column c holds recordings c to c+d-1 of (r,T), all components of each.
Tensor<double> hankel(const Tensor<double>& series, std::size_t delays) {
  const std::size_t r = series.shape()[0], count = series.shape()[1] - delays + 1;
  Tensor<double> result(Shape{r * delays, count});
  for (std::size_t d = 0; d < delays; ++d) {
    for (std::size_t k = 0; k < r; ++k)
      std::ranges::copy(series.row(k).subspan(d, count), result.row(d * r + k).begin());
  }
  return result;
}

}  // namespace

PrincipalComponents principal_components(const LossWindow& window, std::size_t count) {
  const std::size_t rows = window.size(), n = window.probes(), size = std::min(rows, n);
  const bool dual = rows <= n;
  const Tensor<double> x = dual ? Tensor<double>() : window.matrix();
  const Tensor<double> products = dual ? window.gram() : row_gram(transposed(x));
  double trace = 0;
  for (std::size_t k = 0; k < size; ++k) trace += products(k, k);
  PrincipalComponents result{{}, Tensor<double>(Shape{0, rows})};
  if (!(trace > 0)) return result;

  // All values, and vectors only where they are followed: half the time of all vectors.
  const Tensor<double> values = blas::symmetric_eigenvalues(products);
  for (double value : values.flat()) {
    if (value > smallest_share * values(0)) result.shares.push_back(value / trace);
  }
  const std::size_t r = std::min(count, result.shares.size());
  const blas::Eigen<double> pairs = blas::symmetric_eigen(products, r);
  if (!dual) {
    result.scores = product(pairs.vectors, x, blas::Transpose::yes);
    return result;
  }
  result.scores = pairs.vectors;
  for (std::size_t k = 0; k < r; ++k) {
    for (double& score : result.scores.row(k)) score *= std::sqrt(pairs.values(k));
  }
  return result;
}

double effective_rank(std::span<const double> shares) {
  if (shares.empty()) return undefined;
  double entropy = 0;
  for (double p : shares) entropy -= p * std::log(p);
  return std::exp(entropy);
}

double one_step_eigenvalue(const Tensor<double>& series) {
  const std::size_t r = series.shape()[0], steps = series.shape()[1];
  if (r == 0 || steps < r + 3) return undefined;
  Step step = one_step(minus_row_means(columns(series, 0, steps - 1)),
                       minus_row_means(columns(series, 1, steps - 1)), r);
  const std::size_t q = step.values.size();
  if (q == 0) return undefined;
  for (std::size_t i = 0; i < q; ++i) {
    for (std::size_t j = 0; j < q; ++j) step.seen(i, j) /= step.values[j];
  }
  return std::abs(blas::eigenvalues(step.seen).front());
}

double hankel_residual(const Tensor<double>& series) {
  const std::size_t r = series.shape()[0], steps = series.shape()[1];
  if (r == 0 || steps < 6) return undefined;
  const Tensor<double> all = hankel(series, std::clamp<std::size_t>(steps / 4, 2, most_delays));
  const std::size_t count = all.shape()[1] - 1;
  const Tensor<double> after = columns(all, 1, count);
  const Step step = one_step(columns(all, 0, count), after, std::min({waves, all.shape()[0] - 1, count - 1}));
  const double total = squares(after);
  if (step.values.empty() || !(total > 0)) return undefined;
  return std::sqrt(std::max(0.0, 1 - squares(step.seen) / total));
}

}  // namespace premelt
