#pragma once
/// Standard normal vectors z_0, z_1, ... in p dimensions, each reachable by its number: threads may make them
/// in any order.

#include <cstdint>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/samplers/sobol.hpp"

namespace premelt {

/// How the vectors of a sample are placed relative to each other.
enum class DrawKind {
  independent,  ///< i.i.d. N(0,I)
  /// Blocks of p orthogonal directions, lengths from the χ_p distribution: every vector by itself is N(0,I).
  orthogonal,
  /// The same with the fixed length √p. Linear losses get their exact covariance from one block with ± pairs,
  /// but everything even in z is biased: ℓ ∝ ‖θ − θ₀‖² does not vary at all. For the plain estimator
  /// only.
  sphere,
  /// A Sobol sequence with random initial direction numbers and a random digital shift, through the normal
  /// quantile: every vector by itself is N(0,I), many together cover space evenly.
  quasi_random
};

/// An endless list of vectors of one kind.
class Deviates {
 public:
  /// p = `dimensions`; `seed` names the random stream.
  Deviates(DrawKind kind, std::size_t dimensions, std::uint64_t seed);

  /// z_first, z_{first+1}, ... into the rows of `rows` (m,p).
  void fill(std::size_t first, Tensor<double>& rows) const;
  /// How many consecutive vectors are best made together.
  std::size_t block() const { return block_; }

 private:
  void fill_orthogonal(std::size_t first, Tensor<double>& rows) const;
  void fill_sobol(std::size_t first, Tensor<double>& rows) const;

  DrawKind kind_;
  std::size_t dimensions_, block_;
  std::uint64_t key_;  ///< of the random stream
  SobolSequence sobol_;
};

}  // namespace premelt
