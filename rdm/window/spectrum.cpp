#include "rdm/window/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// Unit length and a sign that does not depend on the solver. Rounding must not decide between components of
/// equal magnitude, so the first one within a millionth of the largest counts.
void normalize(std::span<double> v) {
  const double length = norm(v);
  double largest = 0;
  for (double x : v) largest = std::max(largest, std::abs(x));
  const auto leading = std::ranges::find_if(v, [&](double x) { return std::abs(x) >= (1 - 1e-6) * largest; });
  const double scale = *leading < 0 ? -length : length;
  for (double& x : v) x /= scale;
}

/// Row `j` of `modes` minus its components along the rows before it: what leaks from a large mode into Xᵀu of
/// a small one.
void orthogonalize(Tensor<double>& modes, std::size_t j) {
  const std::size_t n = modes.shape()[1];
  for (std::size_t i = 0; i < j; ++i) {
    const double along = blas::dot(n, modes.row(i).data(), modes.row(j).data());
    for (std::size_t p = 0; p < n; ++p) modes(j, p) -= along * modes(i, p);
  }
}

/// Eigenpairs from those of `matrix`, whose spectrum is divisor·C's. `to_probes` turns its eigenvectors
/// (rows) into the unnormalised ones of C.
template <class ToProbes>
Spectrum leading_pairs(const Tensor<double>& matrix, double divisor, std::size_t probes, std::size_t count,
                       ToProbes to_probes) {
  Spectrum result{gram_moments(matrix, divisor, probes), Tensor<double>(Shape{count}, 0.0),
                  Tensor<double>(Shape{count, probes}, undefined)};
  if (std::isnan(result.moments.trace)) {
    result.eigenvalues.fill(undefined);
    return result;
  }
  const std::size_t size = matrix.shape()[0];
  const auto pairs = blas::symmetric_eigen(matrix, std::min(count, size));
  const Tensor<double> vectors = to_probes(pairs.vectors);
  const double floor = static_cast<double>(size) * std::numeric_limits<double>::epsilon();
  for (std::size_t j = 0; j < pairs.values.size(); ++j) {
    if (pairs.values(j) <= floor * pairs.values(0)) break;
    result.eigenvalues(j) = pairs.values(j) / divisor;
    std::ranges::copy(vectors.row(j), result.modes.row(j).begin());
    orthogonalize(result.modes, j);
    normalize(result.modes.row(j));
  }
  return result;
}

/// Through the Gram K = XXᵀ of X (M,n).
Spectrum dual_spectrum(const Tensor<double>& gram, const Tensor<double>& x, std::size_t count,
                       double divisor) {
  const std::size_t m = x.shape()[0], n = x.shape()[1];
  return leading_pairs(gram, divisor, n, count, [&](const Tensor<double>& u) {
    Tensor<double> v(Shape{u.shape()[0], n});
    blas::gemm(blas::Transpose::no, blas::Transpose::no, u.shape()[0], n, m, 1.0, u.data(), m, x.data(), n,
               0.0, v.data(), n);
    return v;
  });
}

Tensor<double> covariance_of(const Tensor<double>& x, double divisor) {
  const std::size_t m = x.shape()[0], n = x.shape()[1];
  Tensor<double> covariance(Shape{n, n});
  blas::syrk(blas::Transpose::yes, n, m, 1 / divisor, x.data(), n, 0.0, covariance.data(), n);
  return covariance;
}

/// Through C itself.
Spectrum primal_spectrum(const Tensor<double>& x, std::size_t count, double divisor) {
  return leading_pairs(covariance_of(x, divisor), 1, x.shape()[1], count,
                       [](const Tensor<double>& vectors) { return vectors; });
}

/// Both have C's non-zero spectrum, and an eigensolver costs the cube of their size.
bool gram_is_smaller(const Tensor<double>& x) {
  return x.shape()[0] <= x.shape()[1];
}

double divisor_of(const Tensor<double>& x, Divisor divisor) {
  const auto rows = static_cast<double>(x.shape()[0]);
  return divisor == Divisor::population ? rows : rows - 1;
}

}  // namespace

double norm(std::span<const double> x) {
  const double plain = std::sqrt(blas::dot(x.size(), x.data(), x.data()));
  if (plain > 1e-140 && plain < 1e140) return plain;
  double largest = 0;
  for (double value : x) largest = std::max(largest, std::abs(value));
  if (!(largest > 0) || !std::isfinite(largest)) return plain;
  double squares = 0;
  for (double value : x) squares += (value / largest) * (value / largest);
  return largest * std::sqrt(squares);
}

Moments gram_moments(const Tensor<double>& gram, double divisor, std::size_t probes) {
  double trace = 0;
  for (std::size_t a = 0; a < gram.shape()[0]; ++a) trace += gram(a, a);
  return {probes, trace / divisor, norm(gram.flat()) / divisor};
}

double Moments::spectral_heat_capacity() const {
  if (probes == 1) return 0 * trace;  // keeps NaN
  const auto n = static_cast<double>(probes);
  // Σλ²/n - (Σλ/n)² as a product, so that nothing underflows before the result does. Rounding can make equal
  // eigenvalues differ by less than nothing.
  const double mean_part = std::abs(trace) / std::sqrt(n);
  if (frobenius <= mean_part) return 0;
  const double shc = (frobenius - mean_part) * (frobenius + mean_part) / n;
  return shc < std::numeric_limits<double>::min() ? undefined : shc;
}

double Moments::participation_ratio() const {
  const double root = trace / frobenius;  // NaN for 0/0
  return root * root;
}

Moments moments(const LossWindow& window, Detrend detrend) {
  return gram_moments(window.gram(detrend), static_cast<double>(window.effective_rows(detrend)),
                      window.probes());
}

Spectrum spectrum(const LossWindow& window, std::size_t count, Detrend detrend) {
  const Tensor<double> x = window.matrix(detrend);
  const auto rows = static_cast<double>(x.shape()[0]);
  return gram_is_smaller(x) ? dual_spectrum(window.gram(detrend), x, count, rows)
                            : primal_spectrum(x, count, rows);
}

Tensor<double> covariance(const LossWindow& window, Detrend detrend) {
  return covariance_of(window.matrix(detrend), static_cast<double>(window.effective_rows(detrend)));
}

Moments moments(const Tensor<double>& losses, Divisor divisor) {
  return spectrum(losses, 0, divisor).moments;
}

Spectrum spectrum(const Tensor<double>& losses, std::size_t count, Divisor divisor) {
  const Tensor<double> x = detrended(losses, Detrend::none);
  const double rows = divisor_of(x, divisor);
  return gram_is_smaller(x) ? dual_spectrum(row_gram(x), x, count, rows) : primal_spectrum(x, count, rows);
}

Tensor<double> covariance(const Tensor<double>& losses, Divisor divisor) {
  const Tensor<double> x = detrended(losses, Detrend::none);
  return covariance_of(x, divisor_of(x, divisor));
}

Moments matrix_moments(const Tensor<double>& c) {
  return matrix_spectrum(c, 0).moments;
}

Spectrum matrix_spectrum(const Tensor<double>& c, std::size_t count) {
  if (c.rank() != 2 || c.shape()[0] != c.shape()[1]) {
    throw ShapeError("[spectrum] a covariance must be square, got " + to_string(c.shape()));
  }
  const auto bad = std::ranges::find_if_not(c.flat(), [](double x) { return std::isfinite(x); });
  if (bad != c.flat().end()) {
    const auto at = static_cast<std::size_t>(bad - c.flat().begin());
    throw DataError("[spectrum] entry (" + std::to_string(at / c.shape()[0]) + "," +
                    std::to_string(at % c.shape()[0]) + ") of a covariance is " + std::to_string(*bad) +
                    ", expected a finite number");
  }
  return leading_pairs(c, 1, c.shape()[0], count, [](const Tensor<double>& vectors) { return vectors; });
}

double overlap(std::span<const double> v, std::span<const double> w) {
  return std::abs(blas::dot(v.size(), v.data(), w.data()));
}

}  // namespace premelt
