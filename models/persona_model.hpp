#pragma once
/// The one-layer transformer of the misalignment analogue and the adapters that a fine-tune changes.

#include "engine/nn/layers.hpp"
#include "engine/nn/lora.hpp"
#include "models/persona_world.hpp"

namespace premelt {

/// x = E[token] + P; x += attention(RMSNorm(x)); x += perceptron(RMSNorm(x)); logits = U·RMSNorm(x) at the
/// last position. RMSNorm without gain; query, key, value and output maps are matrices of their own, so that
/// each gets its own adapter.
class PersonaModel {
 public:
  struct Sizes {
    std::size_t width, heads, hidden;
  };

  template <class T>
  PersonaModel(Parameters<T>& parameters, const Sizes& sizes, Rng& rng);

  /// Tokens (B,3) -> logits of the answers (B,A).
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Indices& tokens) const;

  /// The maps that are adapted.
  static std::vector<std::string> adapted() { return {"query.*", "key.*", "value.*", "out.*"}; }

 private:
  std::size_t heads_;
  nn::Embedding embedding_;
  nn::Positions positions_;
  nn::Linear query_, key_, value_, out_, up_, down_, unembedding_;
};

}  // namespace premelt
