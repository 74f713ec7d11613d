#pragma once
/// Looking at the machine: the tape as text or as a picture, and the backward pass one node at a time.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/tape/tape.hpp"

namespace premelt {

/// One line a node: number, op, inputs, shape, and the name of a leaf. A dot stands for a constant input.
template <class T>
std::string to_string(const Tape<T>& tape);

/// The tape as a Graphviz graph: `dot -Tsvg`. Leaves are boxes, inputs point to what uses them.
template <class T>
std::string to_dot(const Tape<T>& tape);

/// The backward pass of `output` with respect to `inputs`, by hand: each `step` passes one node's cotangent
/// on.
template <class T>
class BackwardWalk {
 public:
  /// `output` has one element. Throws as `gradient` does.
  BackwardWalk(const Var<T>& output, const std::vector<Var<T>>& inputs);
  ~BackwardWalk();

  /// What a step did: node `node` had received `cotangent` in full and sent `sent` to its inputs.
  struct Step {
    NodeId node = 0;                                 ///< that passed on
    Tensor<T> cotangent;                             ///< what it had received
    std::vector<std::pair<NodeId, Tensor<T>>> sent;  ///< to whom it sent what
  };
  /// The next node that has something to pass on, or nothing at the end.
  std::optional<Step> step();
  /// The cotangent node `id` has received so far, if any.
  std::optional<Tensor<T>> cotangent(NodeId id) const;

 private:
  class Recorder;
  std::unique_ptr<Recorder> sweep_;
};

/// "%3 mul (2,3), |cotangent| 1.5; sends %0 |1.2| %1 |0.7|"
template <class T>
std::string to_string(const Tape<T>& tape, const typename BackwardWalk<T>::Step& step);

}  // namespace premelt
