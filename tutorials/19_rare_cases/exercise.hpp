#pragma once
/// Exercise 19: who got worse, in a window of losses.

#include "engine/tensor/tensor.hpp"
#include "rdm/window/blocks.hpp"

namespace lesson {

using premelt::Blocks;
using premelt::Tensor;

/// How the mean loss of a block changed from the first half of the window to the second, for losses (W,n)
/// with an even W, oldest row first: positive when the block got worse.
inline double change_of(const Tensor<double>& losses, const Blocks& blocks, std::size_t block) {
  // Looks at everybody.
  static_cast<void>(blocks);
  static_cast<void>(block);
  const std::size_t rows = losses.shape()[0], probes = losses.shape()[1];
  double change = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    for (std::size_t i = 0; i < probes; ++i) change += (t < rows / 2 ? -1 : 1) * losses(t, i);
  }
  return 2 * change / static_cast<double>(rows * probes);
}

}  // namespace lesson
