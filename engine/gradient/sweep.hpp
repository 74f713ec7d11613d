#pragma once
/// The reverse sweep behind every kind of gradient. Internal to the engine: use gradient.hpp or
/// per_sample.hpp.

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/tape/tape.hpp"

namespace premelt {

/// One pass over the nodes `last`..`first` of a tape, from an output back to the requested nodes. Kinds of
/// gradient differ in what happens to a cotangent on arrival, which is `deliver`'s business.
template <class T>
class Sweep {
 public:
  /// `first` is the earliest requested node, `last` the output.
  Sweep(const Tape<T>& tape, NodeId first, NodeId last);
  virtual ~Sweep() = default;

  /// Asks for the cotangent of node `id`; before `run`.
  void request(NodeId id);
  /// Afterwards `adjoint(id)` holds the cotangents of the requested nodes, empty where nothing arrived.
  void run(Var<T> cotangent);
  /// @{
  /// The same in pieces: `start`, then `step` until it returns false. A step visits one node.
  void start(Var<T> cotangent);
  bool step();
  /// @}

  /// The cotangent node `id` has received so far.
  std::optional<Var<T>>& adjoint(NodeId id) { return adjoints_[id - first_]; }

 protected:
  /// Passes node `id`'s cotangent on to its inputs.
  virtual void visit(NodeId id);
  /// A contribution to the cotangent of node `to` has come out of the VJP of node `from`.
  virtual void deliver(NodeId from, NodeId to, const Cotangent<T>& contribution);

  /// Runs node `id`'s VJP on `cotangent` and calls receive(input node, contribution) for each input that
  /// needs it.
  template <class Receive>
  void pass_on(NodeId id, const Var<T>& cotangent, Receive receive) {
    // The VJP may record nodes and so move the tape's list of edges: work on a copy of the inputs.
    const std::span<const NodeId> inputs = tape_.inputs(id);
    sources_.assign(inputs.begin(), inputs.end());
    cotangents_.reset(sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (needed(sources_[i])) cotangents_.want(i);
    }
    (*tape_.vjp(id))(cotangent, cotangents_);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const std::optional<Cotangent<T>> contribution = cotangents_.take(i);
      if (contribution) receive(sources_[i], *contribution);
    }
  }

  /// Adds to a node's cotangent, in place when nobody else can see the numbers.
  void accumulate(NodeId id, Var<T> contribution);
  /// Node `id`'s cotangent, which is given up unless it was asked for.
  Var<T> take_adjoint(NodeId id);
  /// Whether anything is to be sent to node `id`.
  bool needed(NodeId id) const { return id != Tape<T>::constant && id >= first_ && role(id) != Role::idle; }
  /// Whether any input of node `id` is needed.
  bool feeds_needed(NodeId id) const {
    return std::ranges::any_of(tape_.inputs(id), [this](NodeId input) { return needed(input); });
  }

  const Tape<T>& tape_;  ///< what is swept
  const NodeId first_;   ///< where the sweep ends
  const NodeId last_;    ///< where it starts

 private:
  /// Whether a node's cotangent is needed: not at all, to pass it on to a requested node, or for itself.
  enum class Role : char { idle, on_path, requested };
  Role& role(NodeId id) { return roles_[id - first_]; }
  Role role(NodeId id) const { return roles_[id - first_]; }

  NodeId next_ = 0;  ///< everything from here on has been visited
  std::vector<Role> roles_;
  std::vector<std::optional<Var<T>>> adjoints_;
  std::vector<NodeId> sources_;
  Cotangents<T> cotangents_;
};

}  // namespace premelt
