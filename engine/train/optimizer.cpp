#include "engine/train/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "engine/linalg/norm.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

template <class T>
Optimizer<T>::Optimizer(double lr, double weight_decay, std::vector<std::string> state_names)
    : lr_(lr), weight_decay_(weight_decay) {
  for (std::string& name : state_names) state_.emplace_back(std::move(name), Tensor<T>());
}

namespace {

/// The same numbers, and zeros after them.
template <class T>
Tensor<T> lengthened(const Tensor<T>& x, std::size_t size) {
  Tensor<T> longer(Shape{size}, T(0));
  std::ranges::copy(x.flat(), longer.data());
  return longer;
}

}  // namespace

template <class T>
void Optimizer<T>::step(Parameters<T>& parameters, const Tensor<T>& gradient) {
  if (gradient.size() != parameters.size()) {
    throw ShapeError("[optimizer] gradient " + to_string(gradient.shape()) + " for " +
                     std::to_string(parameters.size()) + " parameters");
  }
  Tensor<T> flat = parameters.flat();
  const auto& entries = parameters.entries();
  bool fewer = entries.size() < updates_.size();
  for (const auto& [name, tensor] : state_) fewer = fewer || flat.size() < tensor.size();
  if (fewer) throw ShapeError("[optimizer] fewer parameters than at the last step: each model needs its own");
  updates_.resize(entries.size(), 0);
  for (auto& [name, tensor] : state_) {
    if (tensor.size() != flat.size()) tensor = lengthened(tensor, flat.size());
  }
  ++steps_;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& [name, shape, offset, size, options] = entries[i];
    if (options.frozen) continue;
    update({flat.data() + offset, gradient.data() + offset, offset, size, lr_ * options.lr_scale,
            weight_decay_ * options.weight_decay_scale, ++updates_[i]});
  }
  flat.mark_changed();
}

template <class T>
OptimizerState<T> Optimizer<T>::state() const {
  OptimizerState<T> result{steps_, updates_, {}};
  for (const auto& [name, tensor] : state_) result.tensors.emplace_back(name, tensor.clone());
  return result;
}

template <class T>
void Optimizer<T>::restore(const OptimizerState<T>& state) {
  bool same = state.tensors.size() == state_.size();
  for (std::size_t i = 0; same && i < state_.size(); ++i) same = state.tensors[i].first == state_[i].first;
  if (!same) throw Error("[optimizer] the stored state belongs to another kind of optimiser");
  for (const auto& [name, tensor] : state.tensors)
    same = same && tensor.size() == state.tensors[0].second.size();
  if (!same) throw Error("[optimizer] the stored state's tensors differ in size");
  steps_ = state.steps;
  updates_ = state.updates;
  for (std::size_t i = 0; i < state_.size(); ++i) state_[i].second = state.tensors[i].second.clone();
}

template <class T>
Sgd<T>::Sgd(const SgdOptions& options)
    : Optimizer<T>(options.lr, options.weight_decay,
                   options.momentum == 0 ? std::vector<std::string>{} : std::vector<std::string>{"velocity"}),
      momentum_(options.momentum),
      nesterov_(options.nesterov) {}

template <class T>
void Sgd<T>::update(const Slot& slot) {
  const T lr = static_cast<T>(slot.lr), decay = static_cast<T>(slot.weight_decay),
          momentum = static_cast<T>(momentum_);
  T* theta = slot.theta;
  const T* g = slot.gradient;
  if (momentum_ == 0) {
    for (std::size_t i = 0; i < slot.size; ++i) theta[i] -= lr * (g[i] + decay * theta[i]);
    return;
  }
  T* v = this->state_at(0, slot);
  for (std::size_t i = 0; i < slot.size; ++i) {
    const T slope = g[i] + decay * theta[i];
    v[i] = momentum * v[i] + slope;
    theta[i] -= lr * (nesterov_ ? slope + momentum * v[i] : v[i]);
  }
}

template <class T>
Adam<T>::Adam(const AdamOptions& options)
    : Optimizer<T>(options.lr, options.weight_decay, {"mean", "square"}),
      beta1_(options.beta1),
      beta2_(options.beta2),
      epsilon_(options.epsilon),
      decoupled_(options.decoupled) {}

template <class T>
void Adam<T>::update(const Slot& slot) {
  const double t = static_cast<double>(slot.step);
  const T step_size = static_cast<T>(slot.lr / (1 - std::pow(beta1_, t)));
  const T correction = static_cast<T>(1 / std::sqrt(1 - std::pow(beta2_, t)));
  const T keep = static_cast<T>(decoupled_ ? 1 - slot.lr * slot.weight_decay : 1);
  const T decay = static_cast<T>(decoupled_ ? 0 : slot.weight_decay);
  const T beta1 = static_cast<T>(beta1_), beta2 = static_cast<T>(beta2_), epsilon = static_cast<T>(epsilon_);
  const T rest1 = static_cast<T>(1 - beta1_), rest2 = static_cast<T>(1 - beta2_);
  T *theta = slot.theta, *mean = this->state_at(0, slot), *square = this->state_at(1, slot);
  for (std::size_t i = 0; i < slot.size; ++i) {
    const T g = slot.gradient[i] + decay * theta[i];
    mean[i] = beta1 * mean[i] + rest1 * g;
    square[i] = beta2 * square[i] + rest2 * g * g;
    theta[i] = keep * theta[i] - step_size * mean[i] / (std::sqrt(square[i]) * correction + epsilon);
  }
}

template <class T>
double clip_norm(Tensor<T>& gradient, double limit) {
  if (!(limit > 0))
    throw Error("[clip_norm] the longest norm must be positive, got " + std::to_string(limit));
  const double before = norm(gradient);
  const T factor = static_cast<T>(limit / (before + 1e-6));
  if (factor < 1) {
    for (T& value : gradient.flat()) value *= factor;
  }
  return before;
}

#define PREMELT_INSTANTIATE(T) \
  template class Optimizer<T>; \
  template class Sgd<T>;       \
  template class Adam<T>;      \
  template double clip_norm(Tensor<T>&, double);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
