#pragma once
/// Optimisers. They hold their own state and change the flat parameter vector in place, each parameter by its
/// own options (frozen, learning-rate and decay scale).

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/train/parameters.hpp"

namespace premelt {

/// What must be stored to continue training as if nothing had happened.
template <class T>
struct OptimizerState {
  std::uint64_t steps = 0;                                 ///< made so far
  std::vector<std::uint64_t> updates;                      ///< of each parameter; empty before the first step
  std::vector<std::pair<std::string, Tensor<T>>> tensors;  ///< by name, each (p) or empty
};

/// The part all optimisers share: step count, frozen parameters, per-parameter options, state to store.
template <class T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One step along `gradient` (p). Parameters that were added since the last step start afresh, with a state
  /// and a step count of their own. Throws ShapeError when the gradient's size is not the number of
  /// parameters, or there are fewer parameters than before.
  void step(Parameters<T>& parameters, const Tensor<T>& gradient);

  double lr() const { return lr_; }  ///< the learning rate of the next step
  /// May be changed between steps: this is what a schedule does.
  void set_lr(double lr) { lr_ = lr; }
  double weight_decay() const { return weight_decay_; }  ///< of the next step
  /// The same for the weight decay.
  void set_weight_decay(double weight_decay) { weight_decay_ = weight_decay; }
  std::uint64_t steps() const { return steps_; }  ///< made so far

  /// @{
  /// A copy; `restore` continues from it. Throws Error when the tensors are not this optimiser's, or do not
  /// fit together.
  OptimizerState<T> state() const;
  void restore(const OptimizerState<T>& state);
  /// @}

 protected:
  /// One parameter's numbers, their gradients and their place in the state tensors.
  struct Slot {
    T* theta;             ///< (size), changed in place
    const T* gradient;    ///< (size)
    std::size_t offset;   ///< of its first number in the flat vector
    std::size_t size;     ///< in numbers
    double lr;            ///< the optimiser's, times the parameter's scale
    double weight_decay;  ///< the same
    std::uint64_t step;   ///< of this parameter, 1 at its first: it may have joined late or been frozen
  };

  /// `state_names`: one tensor (p) of state for each.
  Optimizer(double lr, double weight_decay, std::vector<std::string> state_names);
  /// Moves one parameter.
  virtual void update(const Slot& slot) = 0;
  /// State tensor number `which`, (p), zero at the first step.
  T* state_at(std::size_t which, const Slot& slot) { return state_[which].second.data() + slot.offset; }

 private:
  double lr_, weight_decay_;
  std::uint64_t steps_ = 0;
  std::vector<std::uint64_t> updates_;
  std::vector<std::pair<std::string, Tensor<T>>> state_;
};

/// PyTorch's names and defaults, but for `lr`.
struct SgdOptions {
  double lr = 0.01;         ///< η
  double momentum = 0;      ///< μ
  bool nesterov = false;    ///< look ahead along the momentum
  double weight_decay = 0;  ///< adds weight_decay·θ to the gradient
};

/// Stochastic gradient descent as PyTorch defines it: g ← g + λθ; v ← μv + g; θ ← θ - η·v, or θ ← θ - η·(g +
/// μv) with Nesterov's momentum. On a full batch it is gradient descent.
template <class T>
class Sgd final : public Optimizer<T> {
 public:
  /// Its state is `velocity`, with momentum only.
  explicit Sgd(const SgdOptions& options);

 private:
  using typename Optimizer<T>::Slot;
  void update(const Slot& slot) override;

  double momentum_;
  bool nesterov_;
};

/// PyTorch's names; the defaults of its Adam, but decoupled.
struct AdamOptions {
  double lr = 1e-3;         ///< η
  double beta1 = 0.9;       ///< decay of the running mean of g
  double beta2 = 0.999;     ///< and of g²
  double epsilon = 1e-8;    ///< ε, keeps the quotient finite
  double weight_decay = 0;  ///< λ
  /// AdamW (Loshchilov and Hutter, arXiv 1711.05101): θ ← (1 - ηλ)θ before the step; otherwise λθ joins the
  /// gradient.
  bool decoupled = true;
};

/// Adam (Kingma and Ba, arXiv 1412.6980) and AdamW as PyTorch defines them: m ← β₁m + (1-β₁)g; v ← β₂v +
/// (1-β₂)g²; θ ← θ - η/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + ε).
template <class T>
class Adam final : public Optimizer<T> {
 public:
  /// Its state is `mean` and `square`.
  explicit Adam(const AdamOptions& options);

 private:
  using typename Optimizer<T>::Slot;
  void update(const Slot& slot) override;

  double beta1_, beta2_, epsilon_;
  bool decoupled_;
};

/// Shrinks `gradient` in place to norm `limit` when it is longer, as PyTorch does: by limit/(norm + 1e-6).
/// Returns the norm before. Throws Error unless the limit is positive.
template <class T>
double clip_norm(Tensor<T>& gradient, double limit);

}  // namespace premelt
