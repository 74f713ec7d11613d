/// Eigenvalues of a matrix that need not be symmetric: Householder's reduction to Hessenberg form, then
/// Francis's QR iteration with two shifts at once, real arithmetic throughout (Golub and Van Loan, Matrix
/// Computations, §7.5).

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/linalg/portable/backend.hpp"
#include "engine/linalg/portable/reflector.hpp"

namespace premelt::blas::portable {

namespace {

constexpr int most_iterations = 60, exceptional = 10;

/// Rows and columns `first` to `last` of the matrix that are still coupled.
template <class T>
struct Block {
  T& at(std::size_t i, std::size_t j) const { return data[i * n + j]; }

  T* data;
  std::size_t n, first = 0, last = 0;
};

/// HAH for a reflection of rows and columns from `k` on; of the matrix only rows and columns `from` to `to`
/// count.
template <class T>
void reflect(const Block<T>& a, const Reflector<T>& h, std::size_t k, std::size_t from, std::size_t to) {
  for (std::size_t j = from; j <= to; ++j) h.apply(&a.at(k, j), a.n);
  for (std::size_t i = from; i <= to; ++i) h.apply(&a.at(i, k));
}

template <class T>
void reduce(const Block<T>& a) {
  for (std::size_t k = 0; k + 2 < a.n; ++k) {
    reflect(a, Reflector<T>(a.n - k - 1, &a.at(k + 1, k), a.n), k + 1, 0, a.n - 1);
    for (std::size_t i = k + 2; i < a.n; ++i) a.at(i, k) = 0;
  }
}

/// The two eigenvalues of the last two rows and columns, as trace and determinant.
template <class T>
std::pair<T, T> shifts(const Block<T>& a) {
  const std::size_t l = a.last;
  return {a.at(l - 1, l - 1) + a.at(l, l), a.at(l - 1, l - 1) * a.at(l, l) - a.at(l - 1, l) * a.at(l, l - 1)};
}

/// One double step: a bulge of two rows below the diagonal is chased from top to bottom. The block has three
/// rows or more.
template <class T>
void step(const Block<T>& a, T trace, T determinant) {
  const std::size_t f = a.first;
  T column[3] = {a.at(f, f) * a.at(f, f) + a.at(f, f + 1) * a.at(f + 1, f) - trace * a.at(f, f) + determinant,
                 a.at(f + 1, f) * (a.at(f, f) + a.at(f + 1, f + 1) - trace),
                 a.at(f + 1, f) * a.at(f + 2, f + 1)};
  for (std::size_t k = f; k < a.last; ++k) {
    const std::size_t height = std::min<std::size_t>(3, a.last - k + 1);
    reflect(a, Reflector<T>(height, column), k, a.first, a.last);
    if (k > f) {
      for (std::size_t i = 1; i < height; ++i) a.at(k + i, k - 1) = 0;
    }
    for (std::size_t i = 0; i < 3 && k + 1 + i <= a.last; ++i) column[i] = a.at(k + 1 + i, k);
  }
}

/// Those of the last two rows and columns: real ones apart, or a conjugate pair.
template <class T>
void pair(const Block<T>& a, std::complex<T>* values) {
  const std::size_t l = a.last;
  const T half = (a.at(l - 1, l - 1) - a.at(l, l)) / 2, middle = a.at(l, l) + half;
  const T beside = a.at(l - 1, l) * a.at(l, l - 1), square = half * half + beside;
  if (square < 0) {
    const T imaginary = std::sqrt(-square);
    values[l - 1] = {middle, imaginary};
    values[l] = {middle, -imaginary};
    return;
  }
  const T larger = half + (half < 0 ? -std::sqrt(square) : std::sqrt(square));
  values[l - 1] = a.at(l, l) + larger;
  values[l] = larger == 0 ? a.at(l, l) : a.at(l, l) - beside / larger;
}

}  // namespace

template <class T>
bool eigenvalues(std::size_t n, T* matrix, std::complex<T>* values) {
  Block<T> a{matrix, n};
  reduce(a);
  const T tiny = std::numeric_limits<T>::epsilon();
  const auto negligible = [&](std::size_t k) {
    return std::abs(a.at(k, k - 1)) <= tiny * (std::abs(a.at(k, k)) + std::abs(a.at(k - 1, k - 1)));
  };
  int iterations = 0;
  for (std::size_t left = n; left > 0;) {
    a.first = a.last = left - 1;
    while (a.first > 0 && !negligible(a.first)) --a.first;
    if (a.last - a.first <= 1) {
      if (a.first == a.last)
        values[a.last] = a.at(a.last, a.last);
      else
        pair(a, values);
      left = a.first;
      iterations = 0;
      continue;
    }
    if (++iterations > most_iterations) return false;
    auto [trace, determinant] = shifts(a);
    if (iterations % exceptional ==
        0) {  // a matrix that the usual shifts leave as it is, a permutation for one
      const T size = std::abs(a.at(a.last, a.last - 1)) + std::abs(a.at(a.last - 1, a.last - 2));
      trace = T(1.5) * size;
      determinant = size * size;
    }
    step(a, trace, determinant);
  }
  return true;
}

template bool eigenvalues(std::size_t, float*, std::complex<float>*);
template bool eigenvalues(std::size_t, double*, std::complex<double>*);

}  // namespace premelt::blas::portable
