#pragma once
/// What the path of the weights says: the rivals that look at neither losses nor gradients.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/scoring/watched.hpp"

namespace premelt {

/// log‖θ‖² of norms ‖θ‖.
std::vector<double> log_squares(std::span<const double> norms);

/// Minus the steps until log‖θ‖² reaches `level`, on the least-squares line through the window: `steps` and
/// `logs` log‖θ‖², both (W). 0 on arrival. NaN where the line does not lead there: it is flat, goes
/// the other way, or has passed. The level is that at which *other* runs had their event (theory §6). Throws
/// ShapeError when the lengths differ. (ours)
double first_passage(std::span<const std::int64_t> steps, std::span<const double> logs, double level);

/// log‖θ‖² of a run at all recordings of the windows that are watched, and at least at the last one: what
/// is kept of it until the level is known. Time is that of Watched.
struct WeightPath {
  std::int64_t first = 0;                ///< time of the oldest, in steps
  std::int64_t every = 1;                ///< steps from one to the next
  std::int64_t end = 0;                  ///< as in Watched
  std::vector<double> log_squares = {};  ///< oldest first; of a run with the event, the last is that at it
};

/// `first_passage` of every window of W recordings of the path. O(W) a recording.
Watched first_passages(const WeightPath& path, std::size_t window, double level);

/// The largest gap σ_k/σ_{k+1} between neighbouring singular values of the updates of a window, from their
/// Gram (W,W); singular values below 1e-6 of the largest do not count. NaN when fewer than two do. (ours,
/// after the spectral edge of parameter updates)
double spectral_edge(const Tensor<double>& gram);

/// The inner products of a run's updates Δ_t = θ_t − θ_{t−1} with the W newest ones, from which the Gram of
/// any window of at most W is read. O(pW) a recording, W copies of θ in memory.
class UpdateProducts {
 public:
  /// For windows of up to `window` updates.
  explicit UpdateProducts(std::size_t window) : window_(window) {}

  /// At the next recording. The first has an update of zero.
  void add(std::span<const double> theta);
  /// (T,W): Δ_t·Δ_{t−j} in column j; 0 before the first recording.
  Tensor<double> rows() const;

 private:
  std::size_t window_;
  std::vector<double> last_;                 ///< θ of the last recording
  std::deque<std::vector<double>> updates_;  ///< newest first, at most W
  std::vector<double> rows_;
};

/// The Gram (W,W), oldest first, of the W updates up to recording t, from `products` (T,W' ≥ W). Throws
/// ShapeError when there are not as many.
Tensor<double> update_gram(const Tensor<double>& products, std::size_t t, std::size_t window);

}  // namespace premelt
