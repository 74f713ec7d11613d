#pragma once
/// The last W recordings of a stream of losses, as they came: held once, however many windows look at them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Its fourth power, summed over many probes and recordings, is still finite.
inline constexpr double largest_loss = 1e70;

/// Throws DataError, naming the probe and `where` (as in "at step 12"), when a loss is not finite or exceeds
/// 1e70, where signals in loss⁴ overflow.
void check_losses(std::span<const double> losses, const std::string& where);

/// A ring of W slots with n losses each. The newest recording overwrites the oldest.
class LossRing {
 public:
  /// Throws ShapeError when there is no probe or fewer than 2 recordings are to be held.
  LossRing(std::size_t probes, std::size_t window);

  /// Throws ShapeError on a wrong number of losses, DataError as `check_losses`; the ring is then unchanged.
  void push(std::span<const double> losses);

  std::size_t probes() const { return rows_.shape()[1]; }  ///< n
  std::size_t window() const { return rows_.shape()[0]; }  ///< W
  /// Recordings held now, at most `window()`.
  std::size_t size() const;

  /// Where recording i stands, 0 the oldest, size()-1 the newest.
  std::size_t slot(std::size_t i) const;
  /// The losses (n) that stand in a slot.
  std::span<const double> in_slot(std::size_t slot) const { return rows_.row(slot); }

 private:
  Tensor<double> rows_;  ///< (W,n)
  std::uint64_t recordings_ = 0;
};

}  // namespace premelt
