#pragma once
/// Low-rank adapters (Hu et al., arXiv 2106.09685): a frozen matrix W (out,in) is used as W + scale·BA, and
/// only A (r,in) and B (out,r) are trained.

#include <string>
#include <vector>

#include "engine/ops/elementwise.hpp"
#include "engine/tensor/random.hpp"
#include "engine/train/parameters.hpp"

namespace premelt::nn {

/// Adapters for some matrices of a model.
class Lora {
 public:
  /// Adapters NAME.lora_a ~ N(0,1/in) and NAME.lora_b = 0 for every matrix whose name fits one of `patterns`;
  /// everything that was there before is frozen. Throws Error when a pattern fits nothing or something that
  /// is no matrix.
  template <class T>
  Lora(Parameters<T>& parameters, const std::vector<std::string>& patterns, std::size_t rank, Rng& rng,
       double scale = 1);

  /// The leaves with the adapted matrices in place of the frozen ones: what the model is to be called with.
  template <class T>
  Leaves<T> operator()(const Leaves<T>& theta) const;

  /// What adapter number `which`, in the order of the matrices, adds to x·Wᵀ: scale·(xAᵀ)Bᵀ, (..., in) ->
  /// (..., out). Never forms BA, so A and B keep samples apart in derivatives of any order
  /// (engine/gradient/per_sample.hpp).
  template <class T>
  Var<T> correction(const Leaves<T>& theta, std::size_t which, const Operand<T>& x) const;

 private:
  struct Adapter {
    ParameterId target, a, b;
  };
  std::vector<Adapter> adapters_;
  double scale_;
};

}  // namespace premelt::nn
