/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal one, then the
/// implicit QR iteration with Wilkinson's shift (Golub and Van Loan, Matrix Computations, §8.3).

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/linalg/portable/backend.hpp"
#include "engine/linalg/portable/reflector.hpp"

namespace premelt::blas::portable {

namespace {

constexpr int most_iterations = 60;  // an eigenvalue; two or three are usual

/// A tridiagonal matrix, and the rows that turn with it: in the end, its eigenvectors.
template <class T>
struct Tridiagonal {
  std::vector<T> diagonal;  ///< (n)
  std::vector<T> beside;    ///< (n), of which the last is 0
  T* rows = nullptr;        ///< (n,n), or none
};

/// A - v·wᵀ - w·vᵀ = HAH, where w = p - (β/2)(pᵀv)·v and p = βAv; `a` is the trailing block from row and
/// column k on.
template <class T>
void reflect_both_sides(const Reflector<T>& h, std::size_t n, T* a) {
  const std::size_t m = h.v.size();
  std::vector<T> w(m);
  gemv(Transpose::no, m, m, h.beta, a, n, h.v.data(), T(0), w.data());
  const T along = h.beta / 2 * dot(m, w.data(), h.v.data());
  for (std::size_t i = 0; i < m; ++i) w[i] -= along * h.v[i];
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m; ++j) a[i * n + j] -= h.v[i] * w[j] + w[i] * h.v[j];
  }
}

/// QᵀAQ = tridiagonal. With rows, they become Qᵀ.
template <class T>
Tridiagonal<T> reduce(std::size_t n, T* a, T* rows) {
  Tridiagonal<T> t{std::vector<T>(n), std::vector<T>(n, T(0)), rows};
  std::vector<Reflector<T>> reflectors;
  for (std::size_t k = 0; k + 1 < n; ++k) {
    reflectors.emplace_back(n - k - 1, a + k * n + k + 1);
    t.beside[k] = reflectors.back().image;
    reflect_both_sides(reflectors.back(), n, a + (k + 1) * n + k + 1);
  }
  for (std::size_t k = 0; k < n; ++k) t.diagonal[k] = a[k * n + k];
  if (rows == nullptr) return t;
  std::fill(rows, rows + n * n, T(0));
  for (std::size_t j = 0; j < n; ++j) {
    T* column = rows + j * n;  // column j of Q = H_0 H_1 ··· e_j
    column[j] = 1;
    for (std::size_t k = std::min(j, n - 1); k-- > 0;) reflectors[k].apply(column + k + 1);
  }
  return t;
}

/// Rows i and i+1 turn by a plane rotation.
template <class T>
void turn(const Tridiagonal<T>& t, std::size_t i, T c, T s) {
  if (t.rows == nullptr) return;
  const std::size_t n = t.diagonal.size();
  T* upper = t.rows + i * n;
  T* lower = upper + n;
  for (std::size_t j = 0; j < n; ++j) {
    const T x = upper[j], y = lower[j];
    upper[j] = c * x - s * y;
    lower[j] = s * x + c * y;
  }
}

/// One implicit step on rows `first` to `last`: a bulge beside the diagonal is chased from top to bottom.
template <class T>
void step(Tridiagonal<T>& t, std::size_t first, std::size_t last) {
  auto& [d, e, rows] = t;
  const T half = (d[last - 1] - d[last]) / 2, low = e[last - 1];
  const T legs[2] = {half, low}, root = length(2, legs);
  T x = d[first] - (d[last] - low * (low / (half + (half < 0 ? -root : root))));
  T z = e[first];
  for (std::size_t k = first; k < last; ++k) {
    const T pair[2] = {x, z}, r = length(2, pair);
    const T c = r > 0 ? x / r : T(1), s = r > 0 ? -z / r : T(0);
    if (k > first) e[k - 1] = r;
    const T a = d[k], b = e[k], f = d[k + 1];
    d[k] = c * (c * a - s * b) - s * (c * b - s * f);
    d[k + 1] = s * (s * a + c * b) + c * (s * b + c * f);
    e[k] = c * (s * a + c * b) - s * (s * b + c * f);
    turn(t, k, c, s);
    if (k + 1 == last) break;
    x = e[k];
    z = -s * e[k + 1];
    e[k + 1] *= c;
  }
}

/// Makes it diagonal. False when an eigenvalue does not converge.
template <class T>
bool diagonalise(Tridiagonal<T>& t) {
  const auto& d = t.diagonal;
  auto& e = t.beside;
  const T tiny = std::numeric_limits<T>::epsilon() / 2;
  const auto negligible = [&](std::size_t k) {
    return std::abs(e[k]) <= tiny * (std::abs(d[k]) + std::abs(d[k + 1])) ||
           std::abs(e[k]) < std::numeric_limits<T>::min();
  };
  int iterations = 0;
  for (std::size_t last = d.size() - 1; last > 0;) {
    if (negligible(last - 1)) {
      e[--last] = 0;
      iterations = 0;
      continue;
    }
    if (++iterations > most_iterations) return false;
    std::size_t first = last - 1;
    while (first > 0 && !negligible(first - 1)) --first;
    step(t, first, last);
  }
  return true;
}

}  // namespace

template <class T>
bool symmetric_eigen(std::size_t n, std::size_t count, T* matrix, T* values, T* vectors) {
  std::vector<T> rows(count > 0 ? n * n : 0);
  Tridiagonal<T> t = reduce(n, matrix, count > 0 ? rows.data() : nullptr);
  if (!diagonalise(t)) return false;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return t.diagonal[k]; });
  for (std::size_t k = 0; k < n; ++k) values[k] = t.diagonal[order[k]];
  for (std::size_t j = 0; j < count; ++j) {
    std::copy_n(rows.data() + order[n - count + j] * n, n, vectors + j * n);
  }
  return true;
}

template bool symmetric_eigen(std::size_t, std::size_t, float*, float*, float*);
template bool symmetric_eigen(std::size_t, std::size_t, double*, double*, double*);

}  // namespace premelt::blas::portable
