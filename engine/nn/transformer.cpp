#include "engine/nn/transformer.hpp"

#include "engine/ops/activation.hpp"
#include "engine/ops/attention.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/index.hpp"

namespace premelt::nn {

template <class T>
Block::Block(Parameters<T>& parameters, const std::string& name, const TransformerOptions& options, Rng& rng)
    : heads_(options.heads),
      causal_(options.causal),
      rotary_(options.rotary),
      activation_(options.activation),
      attention_norm_(parameters, name + ".attn_norm", options.norm, options.width, options.gain),
      qkv_(parameters, name + ".attn.qkv", options.width, 3 * options.width, rng, {.bias = options.bias}),
      out_(parameters, name + ".attn.out", options.width, options.width, rng, {.bias = options.bias}) {
  if (options.mlp == 0) return;
  mlp_norm_.emplace(parameters, name + ".mlp_norm", options.norm, options.width, options.gain);
  up_.emplace(parameters, name + ".mlp.up", options.width, options.mlp, rng);
  down_.emplace(parameters, name + ".mlp.down", options.mlp, options.width, rng);
}

template <class T>
Var<T> Block::operator()(const Leaves<T>& theta, const Operand<T>& input, Tensor<T>* weights) const {
  const Var<T> qkv = qkv_(theta, attention_norm_(theta, input));
  const std::size_t width = input.shape().back();
  const auto part = [&](std::size_t i) { return slice(qkv, -1, i * width, (i + 1) * width); };
  const auto located = [&](std::size_t i) { return rotary_ ? rotary(part(i), heads_) : part(i); };
  if (weights != nullptr) *weights = attention_weights(located(0), located(1), heads_, causal_).value();
  const Var<T> mixed = rotary_ ? attention(located(0), located(1), part(2), heads_, causal_)
                               : self_attention(qkv, heads_, causal_);
  const Var<T> x = input + out_(theta, mixed);
  if (!up_) return x;
  const Var<T> hidden = (*up_)(theta, (*mlp_norm_)(theta, x));
  return x + (*down_)(theta, activation_ == Activation::relu ? relu(hidden) : gelu(hidden));
}

template <class T>
Transformer::Transformer(Parameters<T>& parameters, const TransformerOptions& options, Rng& rng)
    : embedding_(parameters, "embed", options.vocabulary, options.width, rng, options.embedding_sd),
      positions_(options.rotary
                     ? std::nullopt
                     : std::optional<Positions>(std::in_place, parameters, "positions", options.positions,
                                                options.width, rng, options.position_sd)),
      blocks_([&] {
        std::vector<Block> blocks;
        for (std::size_t i = 0; i < options.layers; ++i) {
          blocks.emplace_back(parameters, "blocks." + std::to_string(i), options, rng);
        }
        return blocks;
      }()),
      norm_(parameters, "norm", options.norm, options.width, options.gain),
      unembedding_(parameters, "unembed", options.width,
                   options.outputs == 0 ? options.vocabulary : options.outputs, rng, {.bias = options.bias}) {
}

template <class T>
Var<T> Transformer::operator()(const Leaves<T>& theta, const Indices& tokens,
                               std::vector<Tensor<T>>* weights) const {
  Var<T> x = embedding_(theta, batched(tokens));
  if (positions_) x = (*positions_)(theta, x);
  for (const Block& block : blocks_) {
    if (weights != nullptr) weights->emplace_back();
    x = block(theta, x, weights != nullptr ? &weights->back() : nullptr);
  }
  return unembedding_(theta, norm_(theta, x));
}

#define PREMELT_INSTANTIATE(T)                                                                \
  template Block::Block(Parameters<T>&, const std::string&, const TransformerOptions&, Rng&); \
  template Var<T> Block::operator()(const Leaves<T>&, const Var<T>&, Tensor<T>*) const;       \
  template Transformer::Transformer(Parameters<T>&, const TransformerOptions&, Rng&);         \
  template Var<T> Transformer::operator()(const Leaves<T>&, const Indices&, std::vector<Tensor<T>>*) const;
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::nn
