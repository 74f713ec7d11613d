#pragma once
/// The tape: a flat list of the ops performed, in creation order (a Wengert list). Creation order is a
/// topological order, so the backward pass is one reverse sweep and nothing here is ever recursive.

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/tape/cotangent.hpp"
#include "engine/tape/var.hpp"

namespace premelt {

/// What a vector-Jacobian product fills in: one cotangent for each input of its node that wants one.
template <class T>
class Cotangents {
 public:
  /// Whether anybody asks for this input's cotangent.
  bool wants(std::size_t input) const { return wanted_[input] != 0; }
  /// Hands it over. Called at most once an input.
  void set(std::size_t input, Cotangent<T> cotangent) { values_[input] = std::move(cotangent); }

  /// Makes room for the inputs of the next node, none of them wanted yet.
  void reset(std::size_t inputs) {
    wanted_.assign(inputs, 0);
    values_.assign(inputs, std::nullopt);
  }
  /// Asks for an input's cotangent.
  void want(std::size_t input) { wanted_[input] = 1; }
  /// What was handed over, if anything.
  std::optional<Cotangent<T>> take(std::size_t input) { return std::exchange(values_[input], std::nullopt); }

 private:
  std::vector<char> wanted_;
  std::vector<std::optional<Cotangent<T>>> values_;
};

/// A recorded vector-Jacobian product. Held by pointer, so it stays in place while the tape grows under it.
template <class T>
class Vjp {
 public:
  virtual ~Vjp() = default;
  /// From the cotangent of the output, sets those of the inputs that `into` wants.
  virtual void operator()(const Var<T>& cotangent, Cotangents<T>& into) const = 0;
};

/// Nodes in creation order. Differentiable computations of one thread; handles point into it.
template <class T>
class Tape {
 public:
  /// Marks a constant among a node's inputs.
  static constexpr NodeId constant = std::numeric_limits<NodeId>::max();

  Tape() = default;
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// A leaf: something to differentiate with respect to. The buffer is shared, not copied; change its numbers
  /// only after the gradients have been taken (`check_unchanged`). The name serves printing. A parameter is
  /// shared by all samples; a leaf that holds one entry a sample says so.
  Var<T> variable(Tensor<T> value, std::string name = "", Samples samples = Samples::shared);

  /// Number of nodes.
  std::size_t size() const { return nodes_.size(); }
  /// Forgets every node; their handles become stale and using one throws Error.
  void clear() { rewind(0); }
  /// Forgets the nodes from position `size` on: what was recorded since the tape had that size.
  void rewind(std::size_t size);

  /// @{
  /// What op made node `id` ("leaf" for a variable), from which nodes, of which shape and relation to
  /// samples.
  const char* op(NodeId id) const { return nodes_[id].op; }
  const Shape& shape(NodeId id) const { return nodes_[id].shape; }
  Samples samples(NodeId id) const { return nodes_[id].samples; }
  std::span<const NodeId> inputs(NodeId id) const;
  /// @}

  /// The name given to a leaf, else "".
  const std::string& name(NodeId id) const;

  /// The handle node `size()` will have once `append`ed with this value: for VJPs that use their own output.
  Var<T> next(Tensor<T> value, Samples samples = Samples::shared);
  /// Records the op that made `output`, which is `next(...)`. `inputs` may contain constants. Throws Error
  /// when an input is stale or on another tape, or the tape is full; whatever is thrown, the tape is as it
  /// was.
  void append(const char* op, const Var<T>& output, std::span<const Var<T>* const> inputs,
              std::unique_ptr<Vjp<T>> vjp);
  /// Null for leaves.
  const Vjp<T>* vjp(NodeId id) const { return nodes_[id].vjp.get(); }
  /// Throws Error, naming `op`, when `var` is from before a `clear` or `rewind`.
  void check_live(const char* op, const Var<T>& var) const;
  /// Throws Error, naming `op` and the leaf, when the numbers of a leaf up to node `last` have been changed
  /// in place since it was recorded (Tensor::version): a backward pass would mix old numbers with new ones.
  void check_unchanged(const char* op, NodeId last) const;

 private:
  struct Node {
    const char* op;
    Shape shape;
    std::size_t first_edge;  ///< its inputs are edges_[first_edge, next node's first_edge)
    std::uint32_t generation;
    Samples samples;
    std::unique_ptr<Vjp<T>> vjp;
  };

  struct Leaf {
    NodeId id;
    std::string name;
    Tensor<T> value;
    std::uint64_t version;  ///< of the value's buffer when it was recorded
  };

  std::vector<Node> nodes_;
  std::vector<NodeId> edges_;
  std::vector<Leaf> leaves_;  ///< by rising id
  std::uint32_t generation_ = 0;
};

/// What is recorded while one lives is forgotten at its end, also when an exception ends it.
template <class T>
class TapeGuard {
 public:
  /// Remembers how long the tape is.
  explicit TapeGuard(Tape<T>& tape) : tape_(tape), size_(tape.size()) {}
  ~TapeGuard() { tape_.rewind(size_); }
  TapeGuard(const TapeGuard&) = delete;
  TapeGuard& operator=(const TapeGuard&) = delete;

 private:
  Tape<T>& tape_;
  std::size_t size_;
};

}  // namespace premelt
