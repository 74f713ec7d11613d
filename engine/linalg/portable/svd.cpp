/// Singular values by one-sided Jacobi rotations (Hestenes): the rows of A are turned in pairs until all are
/// orthogonal. Small singular values keep their digits, which no method through AAᵀ can say.

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/linalg/portable/backend.hpp"
#include "engine/linalg/portable/reflector.hpp"

namespace premelt::blas::portable {

namespace {

constexpr int most_sweeps = 60;  // under ten are usual

/// r rows of n numbers, and the rotations they have gone through, (r,r).
template <class T>
struct Rows {
  std::size_t r, n;
  std::vector<T> data, turned;
};

template <class T>
void rotate(std::size_t n, T* x, T* y, T c, T s) {
  for (std::size_t i = 0; i < n; ++i) {
    const T upper = x[i], lower = y[i];
    x[i] = c * upper - s * lower;
    y[i] = s * upper + c * lower;
  }
}

/// Makes rows i and j orthogonal. False when they were so already.
template <class T>
bool make_orthogonal(Rows<T>& rows, std::size_t i, std::size_t j) {
  T* x = rows.data.data() + i * rows.n;
  T* y = rows.data.data() + j * rows.n;
  const T xx = dot(rows.n, x, x), yy = dot(rows.n, y, y), xy = dot(rows.n, x, y);
  if (std::abs(xy) <= std::numeric_limits<T>::epsilon() * std::sqrt(xx) * std::sqrt(yy)) return false;
  const T zeta = (yy - xx) / (2 * xy);
  const T t = (zeta < 0 ? T(-1) : T(1)) / (std::abs(zeta) + std::sqrt(1 + zeta * zeta));
  const T c = 1 / std::sqrt(1 + t * t);
  rotate(rows.n, x, y, c, c * t);
  rotate(rows.r, rows.turned.data() + i * rows.r, rows.turned.data() + j * rows.r, c, c * t);
  return true;
}

template <class T>
bool sweep_until_orthogonal(Rows<T>& rows) {
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    bool turned = false;
    for (std::size_t i = 0; i < rows.r; ++i) {
      for (std::size_t j = i + 1; j < rows.r; ++j) turned |= make_orthogonal(rows, i, j);
    }
    if (!turned) return true;
  }
  return false;
}

/// A unit vector orthogonal to the `known` rows (·,n): the axis that they reach least, without what they have
/// of it.
template <class T>
void complete(std::size_t known, std::size_t n, const T* rows, T* next) {
  const auto reached = [&](std::size_t axis) {
    T squares = 0;
    for (std::size_t k = 0; k < known; ++k) squares += rows[k * n + axis] * rows[k * n + axis];
    return squares;
  };
  std::vector<T> reach(n);
  for (std::size_t axis = 0; axis < n; ++axis) reach[axis] = reached(axis);
  std::fill(next, next + n, T(0));
  next[std::ranges::min_element(reach) - reach.begin()] = 1;
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t k = 0; k < known; ++k) {
      const T along = dot(n, rows + k * n, next);
      for (std::size_t i = 0; i < n; ++i) next[i] -= along * rows[k * n + i];
    }
  }
  const T norm = length(n, next);
  for (std::size_t i = 0; i < n; ++i) next[i] /= norm;
}

}  // namespace

template <class T>
bool svd(std::size_t m, std::size_t n, T* matrix, T* left, T* values, T* right) {
  const bool wide = m <= n;
  const std::size_t r = std::min(m, n), s = std::max(m, n);
  Rows<T> rows{r, s, std::vector<T>(r * s), std::vector<T>(r * r, T(0))};
  // Of numbers near 1, no square is too large or too small.
  T scale = 0;
  for (std::size_t i = 0; i < m * n; ++i) scale = std::max(scale, std::abs(matrix[i]));
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t j = 0; j < s; ++j) {
      rows.data[i * s + j] = (wide ? matrix[i * n + j] : matrix[j * n + i]) / (scale > 0 ? scale : T(1));
    }
    rows.turned[i * r + i] = 1;
  }
  if (!sweep_until_orthogonal(rows)) return false;

  std::vector<T> norms(r);
  for (std::size_t k = 0; k < r; ++k) norms[k] = length(s, rows.data.data() + k * s);
  std::vector<std::size_t> order(r);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t k) { return norms[k]; });
  T* const along = wide ? right : left;
  T* const across = wide ? left : right;
  for (std::size_t k = 0; k < r; ++k) {
    const std::size_t from = order[k];
    values[k] = scale * norms[from];
    std::copy_n(rows.turned.data() + from * r, r, across + k * r);
    if (norms[from] > 0) {
      for (std::size_t i = 0; i < s; ++i) along[k * s + i] = rows.data[from * s + i] / norms[from];
    } else {
      complete(k, s, along, along + k * s);
    }
  }
  return true;
}

template bool svd(std::size_t, std::size_t, float*, float*, float*, float*);
template bool svd(std::size_t, std::size_t, double*, double*, double*, double*);

}  // namespace premelt::blas::portable
