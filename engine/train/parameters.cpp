#include "engine/train/parameters.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <atomic>

#include "engine/gradient/gradient.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

std::uint64_t detail::next_identity() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

template <class T>
ParameterId Parameters<T>::add(std::string name, const Tensor<T>& initial) {
  if (std::ranges::find(entries_, name, &Entry::name) != entries_.end()) {
    throw Error("[parameters] there is already a parameter named " + name);
  }
  Tensor<T> longer(Shape{flat_.size() + initial.size()});
  std::ranges::copy(flat_.flat(), longer.data());
  std::ranges::copy(initial.flat(), longer.data() + flat_.size());
  entries_.push_back({std::move(name), initial.shape(), flat_.size(), initial.size(), {}});
  flat_ = longer;
  return entries_.size() - 1;
}

template <class T>
ParameterId Parameters<T>::find(const std::string& name) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  if (found == entries_.end()) throw Error("[parameters] there is no parameter named " + name);
  return static_cast<ParameterId>(found - entries_.begin());
}

template <class T>
std::vector<ParameterId> Parameters<T>::matching(const std::string& pattern) const {
  std::vector<ParameterId> result;
  for (ParameterId id = 0; id < entries_.size(); ++id) {
    if (fnmatch(pattern.c_str(), entries_[id].name.c_str(), 0) == 0) result.push_back(id);
  }
  return result;
}

template <class T>
void Parameters<T>::configure(const std::string& pattern, const ParameterOptions& options) {
  const std::vector<ParameterId> ids = matching(pattern);
  if (ids.empty()) throw Error("[parameters] no parameter fits " + pattern);
  for (ParameterId id : ids) entries_[id].options = options;
}

template <class T>
Leaves<T> Parameters<T>::leaves(Tape<T>& tape, const Tensor<T>& flat) const {
  Leaves<T> result(identity_);
  result.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    result.push_back(tape.variable(flat.subspan(entry.offset, entry.shape), entry.name));
  }
  return result;
}

template <class T>
Leaves<T> Parameters<T>::constants(const Tensor<T>& flat) const {
  Leaves<T> result(identity_);
  result.reserve(entries_.size());
  for (const Entry& entry : entries_) result.emplace_back(flat.subspan(entry.offset, entry.shape));
  return result;
}

template <class T>
std::vector<Var<T>> Parameters<T>::trainable(const Leaves<T>& leaves) const {
  if (leaves.owner() != 0 && leaves.owner() != identity_) {
    throw Error(
        "[parameters] the leaves belong to other parameters: take them from these, with leaves(tape)");
  }
  if (leaves.size() != entries_.size()) {
    throw Error("[parameters] " + std::to_string(leaves.size()) + " leaves for " +
                std::to_string(entries_.size()) + " parameters");
  }
  std::vector<Var<T>> result;
  for (ParameterId id = 0; id < entries_.size(); ++id) {
    if (!entries_[id].options.frozen) result.push_back(leaves[id]);
  }
  return result;
}

template <class T>
Tensor<T> Parameters<T>::gradient(const Var<T>& loss, const Leaves<T>& leaves) const {
  const std::vector<Var<T>> gradients = premelt::gradient(loss, trainable(leaves));
  Tensor<T> result(flat_.shape(), T(0));
  for (std::size_t next = 0; const Entry& entry : entries_) {
    if (entry.options.frozen) continue;
    std::ranges::copy(gradients[next++].value().flat(), result.data() + entry.offset);
  }
  return result;
}

template <class T>
Tensor<T> Parameters<T>::flatten(const std::vector<Var<T>>& tensors) const {
  if (tensors.size() != entries_.size()) {
    throw ShapeError("[parameters] " + std::to_string(entries_.size()) + " tensors expected, " +
                     std::to_string(tensors.size()) + " given");
  }
  Tensor<T> result(flat_.shape());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].shape() != entries_[i].shape) {
      throw ShapeError("[parameters] " + entries_[i].name + " has shape " + to_string(entries_[i].shape) +
                       ", not " + to_string(tensors[i].shape()));
    }
    std::ranges::copy(tensors[i].value().flat(), result.data() + entries_[i].offset);
  }
  return result;
}

template class Parameters<float>;
template class Parameters<double>;

}  // namespace premelt
