#pragma once
/// Optimisers. They hold their own state and change the flat parameter vector in place.

#include "engine/parameters.hpp"

namespace premelt {

struct SgdOptions {
  double lr = 0.01;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;  ///< adds weight_decay·θ to the gradient
};

/// Stochastic gradient descent as PyTorch defines it: g ← g + λθ; v ← μv + g (v = g at the first step);
/// θ ← θ - η·v, or θ ← θ - η·(g + μv) with Nesterov's momentum. All of it in T.
template <class T>
class Sgd {
 public:
  explicit Sgd(const SgdOptions& options) : options_(options) {}
  /// May be changed between steps.
  SgdOptions& options() { return options_; }

  /// One step along `gradient` (p). Throws ShapeError when its size is not the number of parameters.
  void step(Parameters<T>& parameters, const Tensor<T>& gradient);

 private:
  SgdOptions options_;
  Tensor<T> velocity_;  ///< (p), empty before the first step with momentum
};

}  // namespace premelt
