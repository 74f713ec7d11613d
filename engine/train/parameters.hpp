#pragma once
/// The parameters of a model: one flat vector, of which every named tensor is a window. Optimisers, samplers
/// and checkpoints see the vector; the model sees the tensors.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

/// Position of a tensor among the parameters.
using ParameterId = std::size_t;

/// A handle for every parameter, in order: the argument θ of a model's forward pass f(θ, x). They know whose
/// they are, so that gradients of one model's leaves never end up in another's parameters.
template <class T>
class Leaves : public std::vector<Var<T>> {
 public:
  /// None, of nobody.
  Leaves() = default;
  /// Put together by hand, of nobody. Implicit, so that models take lists of Vars.
  Leaves(std::vector<Var<T>> vars) : std::vector<Var<T>>(std::move(vars)) {}
  /// Room for those of `owner` (Parameters::identity).
  explicit Leaves(std::uint64_t owner) : owner_(owner) {}

  /// @{
  /// Throws Error when there is no such parameter: these are the leaves of another model.
  const Var<T>& operator[](ParameterId id) const { return std::vector<Var<T>>::operator[](checked(id)); }
  Var<T>& operator[](ParameterId id) { return std::vector<Var<T>>::operator[](checked(id)); }
  /// @}

  std::uint64_t owner() const { return owner_; }  ///< identity of the parameters; 0 for nobody's

 private:
  ParameterId checked(ParameterId id) const {
    if (id < this->size()) return id;
    throw Error("[parameters] there is no parameter number " + std::to_string(id) + " among " +
                std::to_string(this->size()) + " leaves: they belong to another model");
  }

  std::uint64_t owner_ = 0;
};

/// How optimisers treat a group of parameters.
struct ParameterOptions {
  bool frozen = false;            ///< optimisers leave it alone
  double lr_scale = 1;            ///< multiplies the learning rate
  double weight_decay_scale = 1;  ///< multiplies the weight decay
};

namespace detail {
/// 1, 2, 3, ...
std::uint64_t next_identity();
}  // namespace detail

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
  Tensor<T> operator[](ParameterId id) const {
    return flat_.subspan(entries_[id].offset, entries_[id].shape);
  }
  Tensor<T> operator[](const std::string& name) const { return (*this)[find(name)]; }
  /// @}

  /// Shared by copies, and by nobody else.
  std::uint64_t identity() const { return identity_; }

  /// All numbers, (p); shared. Who changes them in place says so: Tensor::mark_changed.
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

  /// Those of `leaves` that are not frozen. Throws Error when the leaves are those of other parameters.
  std::vector<Var<T>> trainable(const Leaves<T>& leaves) const;

  /// ∂loss/∂(flat vector), (p), zero at frozen parameters. `leaves` are those the loss was computed from.
  /// Throws Error when they are those of other parameters, or when the parameters have changed since.
  Tensor<T> gradient(const Var<T>& loss, const Leaves<T>& leaves) const;
  /// One vector (p) from a tensor for each parameter, in order.
  Tensor<T> flatten(const std::vector<Var<T>>& tensors) const;

 private:
  std::uint64_t identity_ = detail::next_identity();
  std::vector<Entry> entries_;
  Tensor<T> flat_;
};

}  // namespace premelt
