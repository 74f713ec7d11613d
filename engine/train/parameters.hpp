#pragma once
/// The parameters of a model: one flat vector, of which every named tensor is a window. Optimisers, samplers
/// and checkpoints see the vector; the model sees the tensors.

#include <string>
#include <vector>

#include "engine/tape/tape.hpp"

namespace premelt {

/// Position of a tensor among the parameters.
using ParameterId = std::size_t;

/// A handle for every parameter, in order: the argument θ of a model's forward pass f(θ, x).
template <class T>
using Leaves = std::vector<Var<T>>;

/// How optimisers treat a group of parameters.
struct ParameterOptions {
  bool frozen = false;            ///< optimisers leave it alone
  double lr_scale = 1;            ///< multiplies the learning rate
  double weight_decay_scale = 1;  ///< multiplies the weight decay
};

/// Named tensors, one after another in one flat vector of p numbers.
template <class T>
class Parameters {
 public:
  /// One named tensor and its place.
  struct Entry {
    std::string name;          ///< "blocks.0.attn.qkv"
    Shape shape;               ///< of the tensor
    std::size_t offset;        ///< of its first number in the flat vector
    std::size_t size;          ///< in numbers
    ParameterOptions options;  ///< for optimisers
  };

  /// Appends a tensor (its numbers are copied). Windows and leaves taken before are cut off from the vector,
  /// so add everything first. Throws Error when the name is taken.
  ParameterId add(std::string name, const Tensor<T>& initial);

  const std::vector<Entry>& entries() const { return entries_; }  ///< in the order they were added
  /// Throws Error when there is no such name.
  ParameterId find(const std::string& name) const;
  /// The parameters whose name fits a pattern with * and ?, as in file names: "blocks.*.attn.*".
  std::vector<ParameterId> matching(const std::string& pattern) const;
  /// Sets the options of all parameters that fit `pattern`. Throws Error when none does.
  void configure(const std::string& pattern, const ParameterOptions& options);
  /// Optimisers leave these alone, and `gradient` does not compute theirs.
  void freeze(const std::string& pattern) { configure(pattern, {.frozen = true}); }

  /// @{
  /// The tensor of a parameter, sharing the flat vector.
  Tensor<T> operator[](ParameterId id) const { return flat_.window(entries_[id].offset, entries_[id].shape); }
  Tensor<T> operator[](const std::string& name) const { return (*this)[find(name)]; }
  /// @}

  /// All numbers, (p); shared.
  Tensor<T> flat() const { return flat_; }
  std::size_t size() const { return flat_.size(); }  ///< p

  /// @{
  /// Leaves on `tape`, named. `flat` (p), when given, replaces the parameters' own vector: perturbed copies
  /// need no change to the parameters.
  Leaves<T> leaves(Tape<T>& tape) const { return leaves(tape, flat_); }
  Leaves<T> leaves(Tape<T>& tape, const Tensor<T>& flat) const;
  /// @}

  /// @{
  /// The same as constants: for forward passes that nobody differentiates.
  Leaves<T> constants() const { return constants(flat_); }
  Leaves<T> constants(const Tensor<T>& flat) const;
  /// @}

  /// Those of `leaves` that are not frozen.
  Leaves<T> trainable(const Leaves<T>& leaves) const;

  /// ∂loss/∂(flat vector), (p), zero at frozen parameters. `leaves` are those the loss was computed from.
  Tensor<T> gradient(const Var<T>& loss, const Leaves<T>& leaves) const;
  /// One vector (p) from a tensor for each parameter, in order.
  Tensor<T> flatten(const std::vector<Var<T>>& tensors) const;

 private:
  std::vector<Entry> entries_;
  Tensor<T> flat_;
};

}  // namespace premelt
