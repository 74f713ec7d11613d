#pragma once
/// A small decoder: token and position embeddings, blocks of attention and an optional multilayer perceptron,
/// logits.

#include <optional>
#include <string>
#include <vector>

#include "engine/nn/layers.hpp"

namespace premelt::nn {

/// Of the perceptron.
enum class Activation { relu, gelu };

/// The sizes and variants of a Transformer.
struct TransformerOptions {
  std::size_t vocabulary = 64;               ///< V: tokens are 0..V-1
  std::size_t outputs = 0;                   ///< size of the logits; 0: the vocabulary's
  std::size_t positions = 64;                ///< the longest sequence
  std::size_t width = 64;                    ///< C
  std::size_t heads = 4;                     ///< H; divides the width
  std::size_t layers = 2;                    ///< number of blocks
  std::size_t mlp = 0;                       ///< hidden width of the perceptron after each attention; 0: none
  Activation activation = Activation::relu;  ///< of the perceptron
  NormKind norm = NormKind::none;            ///< before each part and before the logits
  bool gain = true;                          ///< of the norms
  bool bias = false;        ///< of the attention's linear maps and the logits'; the perceptron always has one
  bool causal = true;       ///< position t sees positions 0..t only
  bool rotary = false;      ///< turn queries and keys instead of adding learned positions
  double embedding_sd = 1;  ///< of the normal initial token embeddings
  double position_sd = 0.02;  ///< of the normal initial positions
};

/// x + attention(norm(x)), then x + perceptron(norm(x)): (B,T,C) -> (B,T,C).
class Block {
 public:
  /// Registers NAME.attn_norm, NAME.attn.qkv, ... Throws Error when a name is taken.
  template <class T>
  Block(Parameters<T>& parameters, const std::string& name, const TransformerOptions& options, Rng& rng);
  /// `weights`, when given, takes the attention (B,H,T,T). Throws ShapeError when x is not (B,T,C).
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Operand<T>& x, Tensor<T>* weights = nullptr) const;

 private:
  std::size_t heads_;
  bool causal_, rotary_;
  Activation activation_;
  Norm attention_norm_;
  Linear qkv_, out_;
  std::optional<Norm> mlp_norm_;
  std::optional<Linear> up_, down_;
};

/// Parameters: embed.weight, positions.weight,
/// blocks.N.{attn_norm,attn.qkv,attn.out,mlp_norm,mlp.up,mlp.down}, norm, unembed.
class Transformer {
 public:
  /// Registers and initialises everything. Throws Error when a name is taken.
  template <class T>
  Transformer(Parameters<T>& parameters, const TransformerOptions& options, Rng& rng);
  /// Tokens (B,T), one sample a row -> logits (B,T,outputs), batched (engine/tape/samples.hpp). `weights`,
  /// when given, takes each layer's attention (B,H,T,T). Throws ShapeError for a token or a T out of range.
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Indices& tokens,
                    std::vector<Tensor<T>>* weights = nullptr) const;

 private:
  Embedding embedding_;
  std::optional<Positions> positions_;
  std::vector<Block> blocks_;
  Norm norm_;
  Linear unembedding_;
};

}  // namespace premelt::nn
