#pragma once
/// Exercise 19, solved: the members only.

#include "engine/tensor/tensor.hpp"
#include "rdm/window/blocks.hpp"

namespace lesson {

using premelt::Blocks;
using premelt::Tensor;

/// How the mean loss of a block changed from the first half of the window to the second, for losses (W,n)
/// with an even W, oldest row first: positive when the block got worse.
inline double change_of(const Tensor<double>& losses, const Blocks& blocks, std::size_t block) {
  const std::vector<std::size_t> members = blocks.members(block);
  const std::size_t rows = losses.shape()[0];
  double change = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    for (const std::size_t i : members) change += (t < rows / 2 ? -1 : 1) * losses(t, i);
  }
  return 2 * change / static_cast<double>(rows * members.size());
}

}  // namespace lesson
