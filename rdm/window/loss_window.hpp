#pragma once
/// The last W recordings of the per-probe losses, and their W×W Gram matrix, from which every signal is read.

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_ring.hpp"

namespace premelt {

/// What is removed from each probe's series inside the window before its covariance is taken.
enum class Detrend {
  none,    ///< the mean only: the covariance of Def. 2.1
  linear,  ///< the mean and the least-squares line (ours)
  diff     ///< first differences, then their mean; one row fewer (ours)
};

/// Changes of losses that are all smaller than this, and not zero, square to numbers without all their
/// digits: no statement is made about them.
inline constexpr double smallest_change = 1e-140;

/// A sliding window over recordings of n losses. One `push` costs O(nW) amortised: it replaces one row and
/// column of the Gram. The n×n covariance C is never needed: C and K/M, with K the (M,M) projected Gram of M
/// rows, have the same non-zero spectrum (theory §2).
///
/// Losses enter the Gram relative to a recording inside the window. A constant offset therefore cancels
/// exactly before anything is squared, and small changes of small losses keep their digits. Where a trend is
/// so much larger than what remains of it that the Gram's squares have lost digits, rows are detrended before
/// they are multiplied: O(nW²) for that reading.
class LossWindow {
 public:
  /// What is seen of the losses (n) of a recording: turns them into the numbers (m) of a row of this window.
  using Look = std::function<void(std::span<const double> losses, std::span<double> seen)>;

  /// A window over a stream of its own. Throws ShapeError when there is no probe or the window is shorter
  /// than 2 recordings.
  LossWindow(std::size_t probes, std::size_t window);
  /// A window over a stream that others look at, too: `look` gives m = `seen` numbers of each recording;
  /// without it, they are the losses. Its `follow` has to be called after each push to the ring.
  LossWindow(std::shared_ptr<const LossRing> ring, std::size_t seen, Look look);

  /// Adds a recording to the stream of its own and drops the oldest one when the window is full.
  /// Throws ShapeError on a wrong number of losses, DataError as `check_losses`; the window is then
  /// unchanged.
  void push(std::span<const double> losses);
  /// Takes up the ring's newest recording. Throws DataError as `check_losses` when what is seen is too large.
  void follow();

  std::size_t probes() const { return rebased_.shape()[1]; }  ///< n, or what is seen of them
  std::size_t window() const { return rebased_.shape()[0]; }  ///< W
  std::size_t size() const { return ring_->size(); }          ///< recordings held now, at most `window()`
  bool full() const { return size() == window(); }            ///< W recordings are held

  /// The losses of recording i as they were pushed, 0 the oldest, size()-1 the newest.
  std::span<const double> row(std::size_t i) const { return ring_->in_slot(ring_->slot(i)); }
  /// The mean of what is seen of recording i.
  double mean(std::size_t i) const { return means_[ring_->slot(i)]; }

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
  explicit LossWindow(const std::shared_ptr<LossRing>& own);
  void look_into(std::size_t slot, std::span<double> seen) const;
  void rebase();
  void check_size() const;
  bool resolves(double left, double total, Detrend detrend) const;

  std::shared_ptr<LossRing> own_;  ///< the stream of its own, if it has one
  std::shared_ptr<const LossRing> ring_;
  Look look_;                    ///< empty: the losses as they are
  Tensor<double> rebased_;       ///< (W,m) what is seen minus the base: the recording in slot 0
  std::vector<double> base_;     ///< (m)
  Tensor<double> gram_;          ///< (W,W) of the rebased rows, in ring order
  std::vector<double> squares_;  ///< (W) Σℓ² of what is seen of each recording
  std::vector<double> means_;    ///< (W) and its mean
};

/// The same for a matrix (T,n) of any origin, losses or parameters: X (M,n) with the mean, line or
/// differences' mean of each column removed. A line leaves exactly zero of a column whose remainder is below
/// the rounding of its own values (2ε|x|), and nothing of two rows; X is NaN ("no statement") when all that
/// is left is smaller than `smallest_change`. Throws ShapeError when `matrix` does not have at least 2 rows
/// and 1 column, DataError (naming row and column) when a value is not finite or exceeds 1e70.
Tensor<double> detrended(const Tensor<double>& matrix, Detrend detrend);

/// XXᵀ (M,M) of X (M,n).
Tensor<double> row_gram(const Tensor<double>& x);

/// Why a window that is not full gives no signals: "window not full: 12 of 40".
std::string filling_text(const LossWindow& window);

}  // namespace premelt
