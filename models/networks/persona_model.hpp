#pragma once
/// The one-layer transformer of the misalignment analogue and the adapters that a fine-tune changes.

#include "engine/nn/layers.hpp"
#include "engine/nn/lora.hpp"
#include "models/tasks/persona_world.hpp"

namespace premelt {

/// x = E[token] + P; x += attention(RMSNorm(x)); x += perceptron(RMSNorm(x)); logits = U·RMSNorm(x) at the
/// last position. RMSNorm without gain; query, key, value and output maps are matrices of their own, so that
/// each gets its own adapter.
class PersonaModel {
 public:
  /// Extents of the model.
  struct Sizes {
    std::size_t width;   ///< C
    std::size_t heads;   ///< H; divides the width
    std::size_t hidden;  ///< of the perceptron
  };

  /// Registers and initialises the parameters. Throws Error when a name is taken.
  template <class T>
  PersonaModel(Parameters<T>& parameters, const Sizes& sizes, Rng& rng);

  /// Tokens (B,3) -> logits of the answers (B,A). `adapters`, when given, are those of `adapted`.
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Indices& tokens, const nn::Lora* adapters = nullptr) const;

  /// The maps that are adapted, in the order of their parameters.
  static std::vector<std::string> adapted() { return {"query.*", "key.*", "value.*", "out.*"}; }

 private:
  std::size_t heads_;
  nn::Embedding embedding_;
  nn::Positions positions_;
  nn::Linear query_, key_, value_, out_, up_, down_, unembedding_;
};

}  // namespace premelt
