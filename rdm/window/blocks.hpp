#pragma once
/// Named groups of probes, and how the 2RDM's energy divides among them. (ours)

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

/// A partition of the n probes into B named blocks.
class Blocks {
 public:
  /// One block name a probe; blocks are numbered in order of first appearance.
  explicit Blocks(std::span<const std::string> name_of_probe);
  /// Blocks in an order of their own: their names (B), and the block number of each probe (n).
  Blocks(std::vector<std::string> names, std::vector<std::size_t> block_of_probe)
      : names_(std::move(names)), block_of_probe_(std::move(block_of_probe)) {}

  std::size_t size() const { return names_.size(); }                ///< B
  std::size_t probes() const { return block_of_probe_.size(); }     ///< n
  const std::vector<std::string>& names() const { return names_; }  ///< of the blocks
  /// The block number of each probe (n).
  const std::vector<std::size_t>& block_of_probe() const { return block_of_probe_; }
  /// The probes of a block, ascending.
  std::vector<std::size_t> members(std::size_t block) const;
  /// The same by name. Throws UsageError, listing the blocks there are, when there is none of that name.
  std::vector<std::size_t> members(const std::string& name) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> block_of_probe_;
};

/// tr(C_bb)/tr C for each block (B), from the window's rows: O(nW), C is not built. NaN when C = 0.
/// Throws ShapeError when the numbers of probes differ.
std::vector<double> energy_shares(const LossWindow& window, const Blocks& blocks,
                                  Detrend detrend = Detrend::none);

/// Σ_{i in b} v_i² for each block (B) of a unit eigenvector v (n). NaN when v is undefined.
/// Throws ShapeError when the numbers of probes differ.
std::vector<double> mode_shares(std::span<const double> mode, const Blocks& blocks);

/// ‖C_ab‖_F²/‖C‖_F² for each pair of blocks (B,B), summing to 1: within blocks on the diagonal, between them
/// off it. With K_b = X_b·X_bᵀ, ‖C_ab‖_F² = tr(K_a·K_b)/M², so only B matrices of the window's size are
/// built. NaN when C = 0. Throws ShapeError when the numbers of probes differ.
Tensor<double> block_couplings(const LossWindow& window, const Blocks& blocks,
                               Detrend detrend = Detrend::none);

/// @{
/// The same for C (n,n) itself. Throws ShapeError when it is not square or the numbers of probes differ.
std::vector<double> energy_shares(const Tensor<double>& c, const Blocks& blocks);
Tensor<double> block_couplings(const Tensor<double>& c, const Blocks& blocks);
/// @}

}  // namespace premelt
