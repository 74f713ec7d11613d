#include "engine/parameters.hpp"

#include <algorithm>

#include "engine/error.hpp"
#include "engine/gradient.hpp"

namespace premelt {

template <class T>
ParameterId Parameters<T>::add(std::string name, const Tensor<T>& initial) {
  if (std::ranges::find(entries_, name, &Entry::name) != entries_.end()) {
    throw Error("[parameters] there is already a parameter named " + name);
  }
  Tensor<T> longer(Shape{flat_.size() + initial.size()});
  std::ranges::copy(flat_.flat(), longer.data());
  std::ranges::copy(initial.flat(), longer.data() + flat_.size());
  entries_.push_back({std::move(name), initial.shape(), flat_.size(), initial.size()});
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
std::vector<Var<T>> Parameters<T>::leaves(Tape<T>& tape, const Tensor<T>& flat) const {
  std::vector<Var<T>> result;
  result.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    result.push_back(tape.variable(flat.window(entry.offset, entry.shape), entry.name));
  }
  return result;
}

template <class T>
std::vector<Var<T>> Parameters<T>::constants(const Tensor<T>& flat) const {
  std::vector<Var<T>> result;
  result.reserve(entries_.size());
  for (const Entry& entry : entries_) result.emplace_back(flat.window(entry.offset, entry.shape));
  return result;
}

template <class T>
Tensor<T> Parameters<T>::gradient(const Var<T>& loss, const std::vector<Var<T>>& leaves) const {
  return flatten(premelt::gradient(loss, leaves));
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
