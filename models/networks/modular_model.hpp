#pragma once
/// What learns addition modulo p: a quadratic perceptron, or a one-layer transformer.

#include <optional>

#include "engine/nn/transformer.hpp"
#include "models/tasks/modular_task.hpp"

namespace premelt {

/// `model` = "quadratic": logits = W2ᵀ(A[a] + B[b])² (Gromov, arXiv 2301.02679). "transformer": one layer
/// with a perceptron on the tokens a, b, =, whose answer is read at the last (Power et al., arXiv 2201.02177;
/// Nanda et al., arXiv 2301.05217).
class ModularModel {
 public:
  /// Reads the parameters `model`, `hidden`, `width` and `heads`. Throws UsageError unless `heads` divides
  /// `width`.
  template <class T>
  ModularModel(Parameters<T>& weights, const Hyperparameters& parameters, std::size_t modulus, Rng& rng);

  /// Pairs (B) -> logits (B,p).
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Pairs& pairs) const;

  /// The mean `fourier_power` of the tables that embed the numbers.
  template <class T>
  double fourier_power(const Leaves<T>& theta) const;

 private:
  /// (a, b, =), (B,3).
  Indices tokens(const Pairs& pairs) const;

  std::size_t modulus_;
  std::optional<nn::Transformer> transformer_;
};

}  // namespace premelt
