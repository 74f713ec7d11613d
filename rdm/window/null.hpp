#pragma once
/// The signals when nothing happens: losses that are only noise, or only wander. (ours, theory §5)

#include <cstddef>

#include "engine/io/npy_rows.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

/// Closed.
struct Interval {
  double low = 0;   ///< lower end
  double high = 0;  ///< upper end
};

/// Losses i.i.d. N(0, s²) over probes and recordings: C is a Wishart matrix with K degrees of freedom over a
/// divisor.
struct IidNull {
  std::size_t probes = 0;  ///< n
  double noise_level = 0;  ///< s, in units of loss
  double degrees = 0;      ///< K: rows minus what detrending removes
  double divisor = 0;      ///< of C: the rows M, or K

  /// s⁴K(n+2)(n-1)/(n·divisor²), exact.
  double shc_mean() const;
  /// Standard deviation over mean of the SHC of one window: 2√(1+2c)/n with c = n/K, to leading order.
  double shc_cv() const;
  /// Mean × (1 + 4cv): near the 95 % point of the maximum over 2000 recordings of noise.
  double shc_threshold() const;
  /// 1/E[1/PR] = (nK+2)/(n+K+1), exact.
  double participation_ratio() const;
};

/// The null of a window of W recordings, divided by the rows: K = W-1 for Detrend::none, W-2 for linear.
/// Throws UsageError for `diff` (differences of i.i.d. noise are not independent) and ShapeError when K < 1.
IidNull window_null(std::size_t probes, std::size_t window, double noise_level,
                    Detrend detrend = Detrend::none);

/// The null of a sample of `draws` rows divided by draws-1 = K. Throws ShapeError when draws < 2.
IidNull sample_null(std::size_t probes, std::size_t draws, double noise_level);

/// The noise level s of a quiet stretch of losses (T,n): the root of the mean over probes of the unbiased
/// variance, after removing what `detrend` names. Throws ShapeError when there are too few rows (2, or 3 with
/// detrending).
double noise_level(const Tensor<double>& losses, Detrend detrend = Detrend::none);

/// 1/E[1/PR] of a random walk of the losses seen through a window of W recordings, exact for steps that are
/// isotropic in `dimensions` directions, whatever the number of probes that follow them. For steps of
/// covariance B take d = (tr B)²/tr B², which is the PR of the first differences: within 10 %. 1 for d = 1,
/// about 1.7 for 3, and the limit below for d, W → ∞. The mean PR of single windows is up to 6 % higher.
/// Derived in theory §5. O(W). Throws UsageError unless d ≥ 1, ShapeError when W < 2.
double random_walk_participation_ratio(double dimensions, std::size_t window);

/// The same for the losses (T,n) of a run, seen through windows of W recordings that each bring their own d:
/// the median over at most 60 windows, evenly from the first to the last. NaN where no window moves or W < 3.
double random_walk_participation_ratio(const NpyRows& losses, std::size_t window);

/// (π²/6)²/(π⁴/90): the limit for isotropic steps in many directions and long windows (Antognini and
/// Sohl-Dickstein, arXiv 1806.08805). Steps that share few directions have less.
inline constexpr double random_walk_participation_ratio_limit = 2.5;

}  // namespace premelt
