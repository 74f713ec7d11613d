#pragma once
/// The spectrum of the 2RDM C and the two signals of the paper (arXiv 2603.29805). C is n×n, in loss².

#include <cstddef>
#include <span>

#include "engine/tensor.hpp"
#include "rdm/loss_window.hpp"

namespace premelt {

/// What the sum over M rows is divided by. A window is a distribution (M); draws from a continuous one are a
/// sample (M-1). (ours)
enum class Divisor { population, sample };

/// Everything that follows from tr C and ‖C‖_F, without an eigensolver.
struct Moments {
  std::size_t probes = 0;        ///< n, the number of eigenvalues, zeros included
  double trace = 0;              ///< Σλ, loss²
  double frobenius_squared = 0;  ///< Σλ², loss⁴

  /// Var_k(λ_k) = Σλ²/n - (Σλ/n)² over all n eigenvalues (Def. 2.2). Units loss⁴; never negative.
  double spectral_heat_capacity() const;
  /// (Σλ)²/Σλ², between 1 and the rank of C; NaN ("undefined") when C = 0.
  double participation_ratio() const;
};

/// Moments and leading eigenpairs.
struct Spectrum {
  Moments moments;             ///< of the same matrix
  Tensor<double> eigenvalues;  ///< (k), largest first, never negative; 0 beyond the rank
  /// (k,n): eigenvector j is row j, of unit length; its component of largest magnitude is positive (the first
  /// of them under ties). NaN where the eigenvalue is zero to rounding, so that no direction is singled out.
  Tensor<double> modes;
};

/// O(W²). Throws ShapeError when the window holds fewer than 2 recordings.
Moments moments(const LossWindow& window, Detrend detrend = Detrend::none);

/// The `count` largest eigenpairs, from the smaller of the Gram (v = Xᵀu/‖Xᵀu‖) and C: O(min(n,W)³).
/// Throws ShapeError when the window holds fewer than 2 recordings.
Spectrum spectrum(const LossWindow& window, std::size_t count, Detrend detrend = Detrend::none);

/// C (n,n) itself, for showing. O(n²W). Throws ShapeError when the window holds fewer than 2 recordings.
Tensor<double> covariance(const LossWindow& window, Detrend detrend = Detrend::none);

/// @{
/// The same for a loss matrix (M,n) of any origin.
/// Throws ShapeError when `losses` is not a matrix of at least 2 rows and 1 column.
Moments moments(const Tensor<double>& losses, Divisor divisor);
Spectrum spectrum(const Tensor<double>& losses, std::size_t count, Divisor divisor);
Tensor<double> covariance(const Tensor<double>& losses, Divisor divisor);
/// @}

/// @{
/// The same for a symmetric matrix (n,n) that is C itself, from any source. Estimates of C may have negative
/// eigenvalues; those are not among the leading ones. Throws ShapeError when the matrix is not square.
Moments matrix_moments(const Tensor<double>& c);
Spectrum matrix_spectrum(const Tensor<double>& c, std::size_t count);
/// @}

/// |v·w| of two unit vectors: 1 when they span the same direction. NaN when either is undefined.
double overlap(std::span<const double> v, std::span<const double> w);

}  // namespace premelt
