#pragma once
/// The last W recordings of the per-probe losses, and their W×W Gram matrix, from which every signal is read.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// What is removed from each probe's series inside the window before its covariance is taken.
enum class Detrend {
  none,    ///< the mean only: the covariance of Def. 2.1
  linear,  ///< the mean and the least-squares line (ours)
  diff     ///< first differences, then their mean; one row fewer (ours)
};

/// Its fourth power, summed over many probes and recordings, is still finite.
inline constexpr double largest_loss = 1e70;

/// Changes of losses that are all smaller than this, and not zero, square to numbers without all their
/// digits: no statement is made about them.
inline constexpr double smallest_change = 1e-140;

/// Throws DataError, naming the probe and `where` (as in "at step 12"), when a loss is not finite or exceeds
/// 1e70, where signals in loss⁴ overflow.
void check_losses(std::span<const double> losses, const std::string& where);

/// A sliding window over recordings of n losses. One `push` costs O(nW) amortised: it replaces one row and
/// column of the Gram. The n×n covariance C is never needed: C and K/M, with K the (M,M) projected Gram of M
/// rows, have the same non-zero spectrum (theory §2).
///
/// Losses are stored relative to a recording inside the window. A constant offset therefore cancels exactly
/// before anything is squared, and small changes of small losses keep their digits. Where a trend is so much
/// larger than what remains of it that the Gram's squares have lost digits, rows are detrended before they
/// are multiplied: O(nW²) for that reading.
class LossWindow {
 public:
  /// Throws ShapeError when there is no probe or the window is shorter than 2 recordings.
  LossWindow(std::size_t probes, std::size_t window);

  /// Adds a recording and drops the oldest one when the window is full.
  /// Throws ShapeError on a wrong number of losses, DataError as `check_losses`; the window is then
  /// unchanged.
  void push(std::span<const double> losses);

  std::size_t probes() const { return rows_.shape()[1]; }  ///< n
  std::size_t window() const { return rows_.shape()[0]; }  ///< W
  /// Recordings held now, at most `window()`.
  std::size_t size() const;
  bool full() const { return size() == window(); }  ///< W recordings are held

  /// The losses of recording i as they were pushed, 0 the oldest, size()-1 the newest.
  std::span<const double> row(std::size_t i) const { return rows_.row(slot(i)); }

  /// Rows that enter the covariance, M: size(), one fewer for `diff`. It is also the divisor of C (ours: the
  /// window is a distribution, not a sample of one).
  std::size_t effective_rows(Detrend detrend) const;

  /// The detrended losses X (M,n), oldest row first: C = XᵀX/M. O(nW). See `detrended` for its limits.
  /// Throws ShapeError when fewer than 2 recordings are held.
  Tensor<double> matrix(Detrend detrend = Detrend::none) const;

  /// K = XXᵀ (M,M), oldest first. O(W²) as a projection P·K·P of the sliding Gram; O(nW²) from `matrix` where
  /// less than a ten-thousandth of the Gram's trace is left, since its squares then have lost digits.
  /// Throws ShapeError when fewer than 2 recordings are held.
  Tensor<double> gram(Detrend detrend = Detrend::none) const;

 private:
  std::size_t slot(std::size_t i) const;
  void rebase();
  void check_size() const;
  bool resolves(double left, double total, Detrend detrend) const;

  Tensor<double> rows_;          ///< (W,n) losses as pushed, a ring
  Tensor<double> rebased_;       ///< (W,n) the same rows minus the base: the recording in slot 0
  Tensor<double> gram_;          ///< (W,W) of the rebased rows, in ring order
  std::vector<double> squares_;  ///< (W) Σℓ² of each row as pushed
  std::uint64_t recordings_ = 0;
};

/// The same for a matrix (T,n) of any origin, losses or parameters: X (M,n) with the mean, line or
/// differences' mean of each column removed. A line leaves exactly zero of a column whose remainder is below
/// the rounding of its own values (2ε|x|), and nothing of two rows; X is NaN ("no statement") when all that
/// is left is smaller than `smallest_change`. Throws ShapeError when `matrix` does not have at least 2 rows
/// and 1 column, DataError (naming row and column) when a value is not finite or exceeds 1e70.
Tensor<double> detrended(const Tensor<double>& matrix, Detrend detrend);

/// XXᵀ (M,M) of X (M,n).
Tensor<double> row_gram(const Tensor<double>& x);

}  // namespace premelt
