#pragma once
/// λ_1 of a matrix that changes little from one call to the next.

#include <optional>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A power iteration that starts where the last call ended, and says only what it can vouch for. With the
/// Rayleigh quotient ρ of a unit vector u and its residual r = |Au - ρu|, no other eigenvalue exceeds
/// b = √(‖A‖_F² - ρ²); where b < ρ, Kato and Temple bound λ_1 - ρ by r²/(ρ - b). So neither a crossing of
/// eigenvalues nor a vector that got stuck in the wrong direction goes unnoticed.
class TopEigenvalue {
 public:
  /// Of the positive semi-definite `matrix` (M,M) with Frobenius norm `frobenius`, to a relative 1e-13.
  /// Nothing when that cannot be vouched for: the largest eigenvalue does not stand out (its square is less
  /// than half of ‖A‖_F²), or M numbers converge slowly. O(M²).
  std::optional<double> operator()(const Tensor<double>& matrix, double frobenius);

 private:
  std::vector<double> vector_;  ///< (M) of unit length; empty: start afresh
};

}  // namespace premelt
