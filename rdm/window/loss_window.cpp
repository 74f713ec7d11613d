#include "rdm/window/loss_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

using Vector = std::vector<double>;

/// The unit vectors of row space that detrending removes: the constant, and the line (orthogonal to it).
std::vector<Vector> removed_directions(std::size_t rows, Detrend detrend) {
  const auto m = static_cast<double>(rows);
  std::vector<Vector> directions{Vector(rows, 1 / std::sqrt(m))};
  if (detrend == Detrend::linear) {
    Vector line(rows);
    const double norm = std::sqrt(m * (m * m - 1) / 12);
    for (std::size_t a = 0; a < rows; ++a) line[a] = (static_cast<double>(a) - (m - 1) / 2) / norm;
    directions.push_back(std::move(line));
  }
  return directions;
}

/// X ← (I - qqᵀ)X.
void project_rows(Tensor<double>& x, const Vector& q) {
  const std::size_t m = x.shape()[0], n = x.shape()[1];
  Vector along(n);
  blas::gemv(blas::Transpose::yes, m, n, 1.0, x.data(), n, q.data(), 0.0, along.data());
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t i = 0; i < n; ++i) x(a, i) -= q[a] * along[i];
  }
}

/// K ← (I - qqᵀ)K(I - qqᵀ) = K - qbᵀ - bqᵀ with b = Kq - ½(qᵀKq)q, which keeps K symmetric to the bit.
void project_gram(Tensor<double>& k, const Vector& q) {
  const std::size_t m = k.shape()[0];
  Vector b(m);
  blas::gemv(blas::Transpose::no, m, m, 1.0, k.data(), m, q.data(), 0.0, b.data());
  const double half = blas::dot(m, q.data(), b.data()) / 2;
  for (std::size_t a = 0; a < m; ++a) b[a] -= half * q[a];
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t c = 0; c < m; ++c) k(a, c) -= q[a] * b[c] + b[a] * q[c];
  }
}

Tensor<double> row_differences(const Tensor<double>& x) {
  const std::size_t m = x.shape()[0] - 1, n = x.shape()[1];
  Tensor<double> result(Shape{m, n});
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t i = 0; i < n; ++i) result(a, i) = x(a + 1, i) - x(a, i);
  }
  return result;
}

/// The Gram of the row differences.
Tensor<double> gram_differences(const Tensor<double>& k) {
  const std::size_t m = k.shape()[0] - 1;
  Tensor<double> result(Shape{m, m});
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t c = 0; c < m; ++c)
      result(a, c) = (k(a + 1, c + 1) - k(a + 1, c)) - (k(a, c + 1) - k(a, c));
  }
  return result;
}

double trace(const Tensor<double>& k) {
  double sum = 0;
  for (std::size_t a = 0; a < k.shape()[0]; ++a) sum += k(a, a);
  return sum;
}

/// (2ε)²: square of what doubles resolve, relative to themselves, after a handful of roundings.
constexpr double squared_rounding =
    4 * std::numeric_limits<double>::epsilon() * std::numeric_limits<double>::epsilon();

/// By column: the energy below which a remainder is rounding of the values it was taken from.
Vector rounding_energies(const Tensor<double>& x) {
  Vector energies(x.shape()[1], 0.0);
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < energies.size(); ++i) energies[i] += squared_rounding * x(a, i) * x(a, i);
  }
  return energies;
}

/// Columns with less energy than `floor` become zero.
void drop_rounding(Tensor<double>& x, const Vector& floor) {
  Vector energies(floor.size(), 0.0);
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < floor.size(); ++i) energies[i] += x(a, i) * x(a, i);
  }
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < floor.size(); ++i) {
      if (energies[i] <= floor[i]) x(a, i) = 0;
    }
  }
}

double largest_magnitude(const Tensor<double>& x) {
  double largest = 0;
  for (double value : x.flat()) largest = std::max(largest, std::abs(value));
  return largest;
}

/// Detrends the columns of `x`, which it overwrites.
Tensor<double> remove_trend(Tensor<double> x, Detrend detrend) {
  const Vector floor = rounding_energies(x);
  for (std::size_t a = x.shape()[0]; a-- > 0;) {
    for (std::size_t i = 0; i < x.shape()[1]; ++i) x(a, i) -= x(0, i);
  }
  if (detrend == Detrend::diff) x = row_differences(x);
  // Once more for what rounding of a long sum left of the trend.
  for (int pass = 0; pass < 2; ++pass) {
    for (const Vector& q : removed_directions(x.shape()[0], detrend)) project_rows(x, q);
  }
  if (detrend != Detrend::none) drop_rounding(x, floor);
  const double largest = largest_magnitude(x);
  if (largest > 0 && largest < smallest_change) x.fill(std::numeric_limits<double>::quiet_NaN());
  return x;
}

}  // namespace

LossWindow::LossWindow(std::size_t probes, std::size_t window)
    : LossWindow(std::make_shared<LossRing>(probes, window)) {}

LossWindow::LossWindow(const std::shared_ptr<LossRing>& own) : LossWindow(own, own->probes(), nullptr) {
  own_ = own;
}

LossWindow::LossWindow(std::shared_ptr<const LossRing> ring, std::size_t seen, Look look)
    : ring_(std::move(ring)),
      look_(std::move(look)),
      rebased_(Shape{ring_->window(), seen}),
      base_(seen),
      gram_(Shape{ring_->window(), ring_->window()}),
      squares_(ring_->window()),
      means_(ring_->window()) {}

void LossWindow::push(std::span<const double> losses) {
  own_->push(losses);
  follow();
}

void LossWindow::look_into(std::size_t slot, std::span<double> seen) const {
  const std::span<const double> losses = ring_->in_slot(slot);
  if (look_) {
    look_(losses, seen);
  } else {
    std::ranges::copy(losses, seen.begin());
  }
}

void LossWindow::follow() {
  const std::size_t at = ring_->slot(size() - 1);
  Vector seen(probes());
  look_into(at, seen);
  if (look_) check_losses(seen, "as a view sees it");
  squares_[at] = blas::dot(probes(), seen.data(), seen.data());
  means_[at] = mean_of(seen);
  if (at == 0) {
    base_ = std::move(seen);
    rebase();
    return;
  }
  for (std::size_t i = 0; i < probes(); ++i) rebased_(at, i) = seen[i] - base_[i];
  auto products = gram_.row(at);
  blas::gemv(blas::Transpose::no, size(), probes(), 1.0, rebased_.data(), probes(), rebased_.row(at).data(),
             0.0, products.data());
  for (std::size_t a = 0; a < size(); ++a) gram_(a, at) = products[a];
}

/// The base leaves the window when slot 0 is overwritten: take the new recording and start afresh. The base
/// is thus never farther from the losses than they are from each other, so squaring costs no digits of their
/// covariance.
void LossWindow::rebase() {
  for (std::size_t a = 0; a < size(); ++a) {
    const auto row = rebased_.row(a);
    look_into(a, row);
    for (std::size_t i = 0; i < probes(); ++i) row[i] -= base_[i];
  }
  blas::syrk(blas::Transpose::no, size(), probes(), 1.0, rebased_.data(), probes(), 0.0, gram_.data(),
             window());
}

void LossWindow::check_size() const {
  if (size() < 2) {
    throw ShapeError("[loss_window] a covariance needs at least 2 recordings, got " + std::to_string(size()));
  }
}

std::size_t LossWindow::effective_rows(Detrend detrend) const {
  return detrend == Detrend::diff ? size() - 1 : size();
}

Tensor<double> LossWindow::matrix(Detrend detrend) const {
  check_size();
  Tensor<double> losses(Shape{size(), probes()});
  for (std::size_t a = 0; a < size(); ++a) look_into(ring_->slot(a), losses.row(a));
  return remove_trend(losses, detrend);
}

Tensor<double> LossWindow::gram(Detrend detrend) const {
  check_size();
  Tensor<double> k(Shape{size(), size()});
  const auto oldest = static_cast<std::ptrdiff_t>(ring_->slot(0));
  for (std::size_t a = 0; a < size(); ++a) {
    const auto ring = gram_.row(ring_->slot(a)).first(size());
    std::ranges::rotate_copy(ring, ring.begin() + oldest, k.row(a).begin());
  }
  const double total = trace(k);
  if (detrend == Detrend::diff) k = gram_differences(k);
  for (const Vector& q : removed_directions(effective_rows(detrend), detrend)) project_gram(k, q);
  return resolves(trace(k), total, detrend) ? k : row_gram(matrix(detrend));
}

/// Whether the projected Gram's trace stands far above the rounding of its squares, of the losses, and above
/// underflow. The comparisons are false on NaN.
bool LossWindow::resolves(double left, double total, Detrend detrend) const {
  const double rounding =
      detrend == Detrend::none
          ? 0
          : squared_rounding * std::accumulate(squares_.begin(),
                                               squares_.begin() + static_cast<std::ptrdiff_t>(size()), 0.0);
  return left > 1e-4 * total && left > 100 * rounding && left > 1e-270;
}

Tensor<double> detrended(const Tensor<double>& matrix, Detrend detrend) {
  if (matrix.rank() != 2 || matrix.shape()[0] < 2 || matrix.shape()[1] == 0) {
    throw ShapeError("[detrended] needs a loss matrix of at least 2 rows and 1 column, got " +
                     to_string(matrix.shape()));
  }
  for (std::size_t t = 0; t < matrix.shape()[0]; ++t) {
    check_losses(matrix.row(t), "in row " + std::to_string(t) + " (both counted from 0)");
  }
  return remove_trend(matrix.clone(), detrend);
}

Tensor<double> row_gram(const Tensor<double>& x) {
  const std::size_t m = x.shape()[0], n = x.shape()[1];
  Tensor<double> gram(Shape{m, m});
  blas::syrk(blas::Transpose::no, m, n, 1.0, x.data(), n, 0.0, gram.data(), m);
  return gram;
}

std::string filling_text(const LossWindow& window) {
  return "window not full: " + std::to_string(window.size()) + " of " + std::to_string(window.window());
}

}  // namespace premelt
