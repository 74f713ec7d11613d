#pragma once
/// The parameters of a model: one flat vector, of which every named tensor is a window. Optimisers, samplers
/// and checkpoints see the vector; the model sees the tensors.

#include <string>
#include <vector>

#include "engine/tape.hpp"

namespace premelt {

/// Position of a tensor among the parameters.
using ParameterId = std::size_t;

template <class T>
class Parameters {
 public:
  struct Entry {
    std::string name;  ///< "blocks.0.attn.qkv"
    Shape shape;
    std::size_t offset;  ///< of its first number in the flat vector
    std::size_t size;
  };

  /// Appends a tensor (its numbers are copied). Windows and leaves taken before are cut off from the vector,
  /// so add everything first. Throws Error when the name is taken.
  ParameterId add(std::string name, const Tensor<T>& initial);

  const std::vector<Entry>& entries() const { return entries_; }
  /// Throws Error when there is no such name.
  ParameterId find(const std::string& name) const;
  /// The tensor of a parameter, sharing the flat vector.
  Tensor<T> operator[](ParameterId id) const { return flat_.window(entries_[id].offset, entries_[id].shape); }
  Tensor<T> operator[](const std::string& name) const { return (*this)[find(name)]; }

  /// All numbers, (p); shared.
  Tensor<T> flat() const { return flat_; }
  std::size_t size() const { return flat_.size(); }

  /// A leaf for every tensor, in order, named: the argument a model's forward pass takes. `flat` (p) replaces
  /// the parameters' own vector when given: perturbed copies need no change to the parameters.
  std::vector<Var<T>> leaves(Tape<T>& tape) const { return leaves(tape, flat_); }
  std::vector<Var<T>> leaves(Tape<T>& tape, const Tensor<T>& flat) const;
  /// The same as constants: for forward passes that nobody differentiates.
  std::vector<Var<T>> constants() const { return constants(flat_); }
  std::vector<Var<T>> constants(const Tensor<T>& flat) const;

  /// ∂loss/∂(flat vector), (p). `leaves` are those the loss was computed from.
  Tensor<T> gradient(const Var<T>& loss, const std::vector<Var<T>>& leaves) const;
  /// One vector (p) from a tensor for each parameter, in order.
  Tensor<T> flatten(const std::vector<Var<T>>& tensors) const;

 private:
  std::vector<Entry> entries_;
  Tensor<T> flat_;
};

}  // namespace premelt
