#include "engine/tape.hpp"

#include <algorithm>

#include "engine/error.hpp"
#include "engine/profile.hpp"

namespace premelt {

template <class T>
Var<T> Tape<T>::variable(Tensor<T> value, std::string name) {
  Var<T> leaf = next(std::move(value));
  if (!name.empty()) names_.emplace_back(leaf.id(), std::move(name));
  append("leaf", leaf.shape(), {}, nullptr);
  return leaf;
}

template <class T>
void Tape<T>::rewind(std::size_t size) {
  if (size >= nodes_.size()) return;
  edges_.resize(nodes_[size].first_edge);
  nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(size), nodes_.end());
  std::erase_if(names_, [size](const auto& entry) { return entry.first >= size; });
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
  const auto found = std::ranges::find(names_, id, &std::pair<NodeId, std::string>::first);
  return found == names_.end() ? none : found->second;
}

template <class T>
Var<T> Tape<T>::next(Tensor<T> value) {
  Var<T> var(std::move(value));
  var.tape_ = this;
  var.id_ = static_cast<NodeId>(nodes_.size());
  var.generation_ = generation_;
  return var;
}

template <class T>
void Tape<T>::append(const char* op, const Shape& shape, std::span<const Var<T>* const> inputs,
                     std::unique_ptr<Vjp<T>> vjp) {
  const std::size_t first_edge = edges_.size();
  for (const Var<T>* input : inputs) {
    if (input->tracked()) check_live(op, *input);
    edges_.push_back(input->tracked() ? input->id() : constant);
  }
  if (Profile* profile = Profile::active()) profile->forward(op, shape.size() * sizeof(T));
  nodes_.push_back({op, shape, first_edge, generation_, std::move(vjp)});
}

template <class T>
void Tape<T>::check_live(const char* op, const Var<T>& var) const {
  const auto fail = [op](const char* why) { throw Error("[" + std::string(op) + "] " + why); };
  if (var.tape() != this) fail("inputs are on different tapes");
  if (var.id() >= nodes_.size() || nodes_[var.id()].generation != var.generation_) {
    fail("an input was recorded before the tape was cleared or rewound");
  }
}

template class Tape<float>;
template class Tape<double>;

}  // namespace premelt
