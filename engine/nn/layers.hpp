#pragma once
/// Building blocks of networks. A layer is a description: it registers its parameters once and afterwards
/// only knows their places. The numbers come as an argument, y = layer(θ, x), so the same layer serves
/// training, perturbed copies, per-sample gradients and LoRA, in float and double.

#include <optional>
#include <string>

#include "engine/ops/elementwise.hpp"
#include "engine/tensor/random.hpp"
#include "engine/train/parameters.hpp"

namespace premelt::nn {

/// What a linear map starts as.
struct LinearOptions {
  bool bias = true;  ///< whether there is one
  std::optional<double> sd =
      std::nullopt;  ///< of the normal initial weights; 1/√in by default. Biases start at 0.
};

/// y = xWᵀ + b: (..., in) -> (..., out). Parameters NAME.weight (out,in) and NAME.bias (out).
class Linear {
 public:
  /// Registers the parameters. Throws Error when a name is taken.
  template <class T>
  Linear(Parameters<T>& parameters, const std::string& name, std::size_t in, std::size_t out, Rng& rng,
         const LinearOptions& options = {});
  /// (..., in) -> (..., out). Throws ShapeError when the last axis is not `in`.
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Operand<T>& x) const;

 private:
  ParameterId weight_;
  std::optional<ParameterId> bias_;
};

/// Rows of a table by number: (...) -> (..., width). Parameter NAME.weight (count,width).
class Embedding {
 public:
  /// Registers the table, entries N(0, sd²). Throws Error when the name is taken.
  template <class T>
  Embedding(Parameters<T>& parameters, const std::string& name, std::size_t count, std::size_t width,
            Rng& rng, double sd = 1);
  /// Numbers that differ from sample to sample are `batched` (tokens); others are shared. Throws ShapeError,
  /// naming the number, when one is outside 0..count-1.
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Var<std::int64_t>& ids) const;

 private:
  ParameterId weight_;
};

/// Learned positions: x (B,T,C) plus the first T rows of NAME.weight (positions,C).
class Positions {
 public:
  /// Registers the table, entries N(0, sd²). Throws Error when the name is taken.
  template <class T>
  Positions(Parameters<T>& parameters, const std::string& name, std::size_t positions, std::size_t width,
            Rng& rng, double sd = 0.02);
  /// Throws ShapeError when T is more than `positions`.
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Operand<T>& x) const;

 private:
  ParameterId weight_;
};

/// None at all, by the root mean square (Zhang and Sennrich, arXiv 1910.07467), or LayerNorm (Ba et al.,
/// arXiv 1607.06450).
enum class NormKind { none, rms, layer };

/// Normalisation over the last axis, with NAME.weight (C), starting at 1, and for `layer` NAME.bias (C), when
/// `gain`.
class Norm {
 public:
  /// Registers what `gain` asks for. Throws Error when a name is taken.
  template <class T>
  Norm(Parameters<T>& parameters, const std::string& name, NormKind kind, std::size_t width,
       bool gain = true);
  /// (..., C) -> (..., C).
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Operand<T>& x) const;

 private:
  NormKind kind_;
  std::optional<ParameterId> weight_, bias_;
};

}  // namespace premelt::nn
