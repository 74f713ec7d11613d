#pragma once
/// The spectrum of the 2RDM C and the two signals of the paper (arXiv 2603.29805). C is n×n, in loss².

#include <cstddef>
#include <span>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

/// What the sum over M rows is divided by. A window is a distribution (M); draws from a continuous one are a
/// sample (M-1). (ours)
enum class Divisor { population, sample };

/// Everything that follows from tr C and ‖C‖_F, without an eigensolver. Both are in loss² and keep their
/// digits where the fourth power of a loss would underflow.
struct Moments {
  std::size_t probes = 0;  ///< n, the number of eigenvalues, zeros included
  double trace = 0;        ///< Σλ, loss²
  double frobenius = 0;    ///< √Σλ², loss²

  /// Var_k(λ_k) = Σλ²/n - (Σλ/n)² over all n eigenvalues (Def. 2.2). Units loss⁴; never negative, and 0 for a
  /// single probe whatever it does. NaN ("no statement") below 2.2e-308, where doubles lose digits: losses
  /// that change by less than about 1e-77.
  double spectral_heat_capacity() const;
  /// (Σλ)²/Σλ², between 1 and the rank of C; NaN ("undefined") when C = 0.
  double participation_ratio() const;
};

/// Of a matrix (M,M) with the spectrum of divisor·C: a Gram of M rows and the divisor of C, or C itself
/// and 1.
Moments gram_moments(const Tensor<double>& gram, double divisor, std::size_t probes);

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
/// Throws ShapeError and DataError as `detrended`.
Moments moments(const Tensor<double>& losses, Divisor divisor);
Spectrum spectrum(const Tensor<double>& losses, std::size_t count, Divisor divisor);
Tensor<double> covariance(const Tensor<double>& losses, Divisor divisor);
/// @}

/// @{
/// The same for a symmetric matrix (n,n) that is C itself, from any source. Estimates of C may have negative
/// eigenvalues; those are not among the leading ones. Throws ShapeError when the matrix is not square,
/// DataError when an entry is not finite.
Moments matrix_moments(const Tensor<double>& c);
Spectrum matrix_spectrum(const Tensor<double>& c, std::size_t count);
/// @}

/// √Σx², where squares of the numbers would under- or overflow, too.
double norm(std::span<const double> x);

/// |v·w| of two unit vectors: 1 when they span the same direction. NaN when either is undefined.
double overlap(std::span<const double> v, std::span<const double> w);

}  // namespace premelt
