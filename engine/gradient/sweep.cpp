#include "engine/gradient/sweep.hpp"

#include "engine/gradient/cotangent_sums.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/tape/profile.hpp"

namespace premelt {

template <class T>
Sweep<T>::Sweep(const Tape<T>& tape, NodeId first, NodeId last)
    : tape_(tape), first_(first), last_(last), roles_(last - first + 1), adjoints_(last - first + 1) {}

template <class T>
void Sweep<T>::request(NodeId id) {
  if (id <= last_) role(id) = Role::requested;
}

template <class T>
void Sweep<T>::run(Var<T> cotangent) {
  start(std::move(cotangent));
  while (step()) {
  }
}

template <class T>
void Sweep<T>::start(Var<T> cotangent) {
  for (NodeId id = first_; id <= last_; ++id) {
    if (role(id) == Role::idle && feeds_needed(id)) role(id) = Role::on_path;
  }
  if (role(last_) == Role::idle) return;
  adjoint(last_) = std::move(cotangent);
  next_ = last_ + 1;
}

template <class T>
bool Sweep<T>::step() {
  while (next_ > first_) {
    const NodeId id = --next_;
    if (!adjoint(id) || tape_.vjp(id) == nullptr || !feeds_needed(id)) continue;
    Profile* profile = Profile::active();
    if (profile != nullptr) profile->start_backward();
    visit(id);
    if (profile != nullptr) profile->backward(tape_.op(id));
    return true;
  }
  return false;
}

template <class T>
void Sweep<T>::visit(NodeId id) {
  pass_on(id, take_adjoint(id),
          [this, id](NodeId to, const Cotangent<T>& contribution) { deliver(id, to, contribution); });
}

template <class T>
void Sweep<T>::deliver(NodeId, NodeId to, const Cotangent<T>& contribution) {
  accumulate(to, total(contribution, tape_.shape(to)));
}

template <class T>
Var<T> Sweep<T>::take_adjoint(NodeId id) {
  if (role(id) == Role::requested) return *adjoint(id);
  return *std::exchange(adjoint(id), std::nullopt);
}

template <class T>
void Sweep<T>::accumulate(NodeId id, Var<T> contribution) {
  std::optional<Var<T>>& sum = adjoint(id);
  if (!sum) {
    sum = std::move(contribution);
    return;
  }
  if (!recording()) {
    Tensor<T> numbers = std::move(*sum).value();
    if (numbers.unique()) {
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers.data()[i] += contribution.value().data()[i];
      sum = Var<T>(std::move(numbers));
      return;
    }
    sum = Var<T>(std::move(numbers));
  }
  sum = add(*sum, contribution);
}

template class Sweep<float>;
template class Sweep<double>;

}  // namespace premelt
