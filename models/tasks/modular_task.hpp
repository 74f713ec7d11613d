#pragma once
/// Addition modulo p: the pairs, which of them are trained on, and how periodic an embedding of them is.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"
#include "models/experiment/hyperparameters.hpp"

namespace premelt {

/// Pairs (a,b) with the label (a+b) mod p, all of shape (B).
struct Pairs {
  Indices first;   ///< a
  Indices second;  ///< b
  Indices labels;  ///< (a+b) mod p
};

/// The pairs of the given numbers.
Pairs some(const Pairs& all, std::span<const std::size_t> numbers);

/// All p² pairs, divided at random into a training and a test part.
class ModularTask {
 public:
  /// Reads the parameters `modulus`, `fraction`, `probes`, `control` and `seed`. Throws UsageError when the
  /// modulus is even, or when either part is smaller than half the probes.
  explicit ModularTask(const Hyperparameters& parameters);

  std::size_t modulus() const { return modulus_; }  ///< p
  const Pairs& train() const { return train_; }     ///< the pairs trained on
  const Pairs& test() const { return test_; }       ///< all others
  /// The first half of the probes are test pairs, the second half training pairs (both parts are shuffled).
  const Pairs& probes() const { return probes_; }
  /// "test" or "train" for each probe.
  const std::vector<std::string>& probe_blocks() const { return blocks_; }

 private:
  std::size_t modulus_;
  Pairs train_, test_, probes_;
  std::vector<std::string> blocks_;
};

/// How far each column of `embedding` (p,N) is one sinusoid: Σ_n max_k P_kn / Σ_nk P_kn, where P_kn is the
/// power of column n at the frequencies k = 1..(p-1)/2. From 2/(p-1) (flat) to 1; i.i.d. columns give about
/// H_K/K with K = (p-1)/2. The solution that generalises has one frequency a unit (Gromov, arXiv 2301.02679).
double fourier_power(const Tensor<double>& embedding);

}  // namespace premelt
