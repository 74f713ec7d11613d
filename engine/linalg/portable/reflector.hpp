#pragma once
/// Householder reflections H = 1 - β·v·vᵀ, of which QR and both reductions for eigenvalues are made (Golub
/// and Van Loan, Matrix Computations, §5.1).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace premelt::blas::portable {

/// √Σx², where squares of the numbers would under- or overflow, too; NaN where one of them is.
template <class T>
T length(std::size_t n, const T* x, std::size_t stride = 1) {
  T largest = 0, squares = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i * stride]));
  const T unit = largest > 0 ? largest : T(1);
  for (std::size_t i = 0; i < n; ++i) {
    const T part = x[i * stride] / unit;
    squares += part * part;
  }
  return unit * std::sqrt(squares);
}

/// The reflection that turns x (n) into (`image`, 0, ..., 0).
template <class T>
struct Reflector {
  /// Elements of x lie `stride` apart.
  Reflector(std::size_t n, const T* x, std::size_t stride = 1) : v(n) {
    const T norm = length(n, x, stride);
    for (std::size_t i = 0; i < n; ++i) v[i] = norm == 0 ? T(0) : x[i * stride] / norm;
    const T sign = v[0] < 0 ? T(-1) : T(1);  // v[0] moves away from zero: no digits are lost
    image = -sign * norm;
    if (norm == 0) return;
    v[0] += sign;
    beta = 1 / std::abs(v[0]);
  }

  /// Hx for x (n), elements `stride` apart.
  void apply(T* x, std::size_t stride = 1) const {
    T along = 0;
    for (std::size_t i = 0; i < v.size(); ++i) along += v[i] * x[i * stride];
    along *= beta;
    for (std::size_t i = 0; i < v.size(); ++i) x[i * stride] -= along * v[i];
  }

  std::vector<T> v;  ///< (n), of no unit length
  T beta = 0;        ///< 0: the identity, for x = 0
  T image = 0;       ///< ∓‖x‖
};

}  // namespace premelt::blas::portable
