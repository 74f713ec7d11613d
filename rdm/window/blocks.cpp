#include "rdm/window/blocks.hpp"

#include <algorithm>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

void check_probes(const char* op, std::size_t probes, const Blocks& blocks) {
  if (probes != blocks.probes()) {
    throw ShapeError(std::string("[") + op + "] the blocks name " + std::to_string(blocks.probes()) +
                     " probes, the losses have " + std::to_string(probes));
  }
}

void check_square(const char* op, const Tensor<double>& c, const Blocks& blocks) {
  if (c.rank() != 2 || c.shape()[0] != c.shape()[1]) {
    throw ShapeError(std::string("[") + op + "] a covariance must be square, got " + to_string(c.shape()));
  }
  check_probes(op, c.shape()[0], blocks);
}

/// The columns of X (M,n) that belong to one block.
Tensor<double> columns(const Tensor<double>& x, const std::vector<std::size_t>& members) {
  Tensor<double> result(Shape{x.shape()[0], members.size()});
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < members.size(); ++i) result(a, i) = x(a, members[i]);
  }
  return result;
}

}  // namespace

Blocks::Blocks(std::span<const std::string> name_of_probe) {
  for (const std::string& name : name_of_probe) {
    const auto found = std::ranges::find(names_, name);
    block_of_probe_.push_back(static_cast<std::size_t>(found - names_.begin()));
    if (found == names_.end()) names_.push_back(name);
  }
}

std::vector<std::size_t> Blocks::members(std::size_t block) const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < probes(); ++i) {
    if (block_of_probe_[i] == block) result.push_back(i);
  }
  return result;
}

std::vector<std::size_t> Blocks::members(const std::string& name) const {
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return members(static_cast<std::size_t>(found - names_.begin()));
  std::string known;
  for (const std::string& block : names_) known += (known.empty() ? "" : ", ") + block;
  throw UsageError("there is no block '" + name + "'; the blocks are: " + known);
}

std::vector<double> energy_shares(const LossWindow& window, const Blocks& blocks, Detrend detrend) {
  check_probes("energy_shares", window.probes(), blocks);
  const Tensor<double> x = window.matrix(detrend);
  const double total = blas::dot(x.size(), x.data(), x.data());
  std::vector<double> shares(blocks.size(), 0.0);
  for (std::size_t a = 0; a < x.shape()[0]; ++a) {
    for (std::size_t i = 0; i < blocks.probes(); ++i) shares[blocks.block_of_probe()[i]] += x(a, i) * x(a, i);
  }
  for (double& share : shares) share /= total;
  return shares;
}

std::vector<double> mode_shares(std::span<const double> mode, const Blocks& blocks) {
  check_probes("mode_shares", mode.size(), blocks);
  std::vector<double> shares(blocks.size(), 0.0);
  for (std::size_t i = 0; i < mode.size(); ++i) shares[blocks.block_of_probe()[i]] += mode[i] * mode[i];
  return shares;
}

Tensor<double> block_couplings(const LossWindow& window, const Blocks& blocks, Detrend detrend) {
  check_probes("block_couplings", window.probes(), blocks);
  const Tensor<double> x = window.matrix(detrend);
  const std::size_t m = x.shape()[0];
  std::vector<Tensor<double>> grams;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Tensor<double> part = columns(x, blocks.members(b));
    grams.emplace_back(Shape{m, m});
    blas::syrk(blas::Transpose::no, m, part.shape()[1], 1.0, part.data(), part.shape()[1], 0.0,
               grams[b].data(), m);
  }
  Tensor<double> couplings(Shape{blocks.size(), blocks.size()});
  double total = 0;
  for (std::size_t a = 0; a < blocks.size(); ++a) {
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      couplings(a, b) = blas::dot(m * m, grams[a].data(), grams[b].data());
      total += couplings(a, b);
    }
  }
  for (double& coupling : couplings.flat()) coupling /= total;
  return couplings;
}

std::vector<double> energy_shares(const Tensor<double>& c, const Blocks& blocks) {
  check_square("energy_shares", c, blocks);
  std::vector<double> shares(blocks.size(), 0.0);
  double trace = 0;
  for (std::size_t i = 0; i < blocks.probes(); ++i) {
    shares[blocks.block_of_probe()[i]] += c(i, i);
    trace += c(i, i);
  }
  for (double& share : shares) share /= trace;
  return shares;
}

Tensor<double> block_couplings(const Tensor<double>& c, const Blocks& blocks) {
  check_square("block_couplings", c, blocks);
  const std::vector<std::size_t>& block = blocks.block_of_probe();
  Tensor<double> couplings(Shape{blocks.size(), blocks.size()}, 0.0);
  for (std::size_t i = 0; i < block.size(); ++i) {
    for (std::size_t j = 0; j < block.size(); ++j) couplings(block[i], block[j]) += c(i, j) * c(i, j);
  }
  const double total = blas::dot(c.size(), c.data(), c.data());
  for (double& coupling : couplings.flat()) coupling /= total;
  return couplings;
}

}  // namespace premelt
