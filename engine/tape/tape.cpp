#include "engine/tape/tape.hpp"

#include <algorithm>

#include "engine/tape/profile.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

template <class T>
Var<T> Tape<T>::variable(Tensor<T> value, std::string name, Samples samples) {
  Var<T> leaf = next(std::move(value), samples);
  leaves_.push_back({leaf.id(), std::move(name), leaf.value(), leaf.value().version()});
  try {
    append("leaf", leaf, {}, nullptr);
  } catch (...) {
    leaves_.pop_back();
    throw;
  }
  return leaf;
}

template <class T>
void Tape<T>::rewind(std::size_t size) {
  if (size >= nodes_.size()) return;
  edges_.resize(nodes_[size].first_edge);
  nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(size), nodes_.end());
  leaves_.erase(std::ranges::lower_bound(leaves_, size, {}, &Leaf::id), leaves_.end());
  ++generation_;
}

template <class T>
std::span<const NodeId> Tape<T>::inputs(NodeId id) const {
  const std::size_t end = id + 1 < nodes_.size() ? nodes_[id + 1].first_edge : edges_.size();
  return std::span(edges_).subspan(nodes_[id].first_edge, end - nodes_[id].first_edge);
}

template <class T>
const std::string& Tape<T>::name(NodeId id) const {
  static const std::string none;
  const auto found = std::ranges::lower_bound(leaves_, id, {}, &Leaf::id);
  return found == leaves_.end() || found->id != id ? none : found->name;
}

template <class T>
Var<T> Tape<T>::next(Tensor<T> value, Samples samples) {
  Var<T> var(std::move(value), samples);
  var.tape_ = this;
  var.id_ = static_cast<NodeId>(nodes_.size());
  var.generation_ = generation_;
  return var;
}

template <class T>
void Tape<T>::append(const char* op, const Var<T>& output, std::span<const Var<T>* const> inputs,
                     std::unique_ptr<Vjp<T>> vjp) {
  for (const Var<T>* input : inputs) {
    if (input->tracked()) check_live(op, *input);
  }
  if (nodes_.size() >= constant)
    throw Error("[" + std::string(op) + "] the tape is full: clear or rewind it");
  const std::size_t first_edge = edges_.size();
  try {
    for (const Var<T>* input : inputs) edges_.push_back(input->tracked() ? input->id() : constant);
    if (Profile* profile = Profile::active()) profile->forward(op, output.value().size() * sizeof(T));
    nodes_.push_back({op, output.shape(), first_edge, generation_, output.samples(), std::move(vjp)});
  } catch (...) {
    edges_.resize(first_edge);
    throw;
  }
}

template <class T>
void Tape<T>::check_live(const char* op, const Var<T>& var) const {
  const auto fail = [op](const char* why) { throw Error("[" + std::string(op) + "] " + why); };
  if (var.tape() != this) fail("inputs are on different tapes");
  if (var.id() >= nodes_.size() || nodes_[var.id()].generation != var.generation_) {
    fail("an input was recorded before the tape was cleared or rewound");
  }
}

template <class T>
void Tape<T>::check_unchanged(const char* op, NodeId last) const {
  for (const Leaf& leaf : leaves_) {
    if (leaf.id > last) return;
    if (leaf.value.version() == leaf.version) continue;
    const std::string what = leaf.name.empty() ? "leaf %" + std::to_string(leaf.id) : "'" + leaf.name + "'";
    throw Error("[" + std::string(op) + "] " + what +
                " was changed in place after it was recorded: take gradients before the optimiser's step, or "
                "compute the loss again");
  }
}

template class Tape<float>;
template class Tape<double>;

}  // namespace premelt
