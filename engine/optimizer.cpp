#include "engine/optimizer.hpp"

#include "engine/error.hpp"

namespace premelt {

template <class T>
void Sgd<T>::step(Parameters<T>& parameters, const Tensor<T>& gradient) {
  if (gradient.size() != parameters.size()) {
    throw ShapeError("[sgd] gradient " + to_string(gradient.shape()) + " for " +
                     std::to_string(parameters.size()) + " parameters");
  }
  const T lr = static_cast<T>(options_.lr), decay = static_cast<T>(options_.weight_decay);
  const T momentum = static_cast<T>(options_.momentum);
  Tensor<T> flat = parameters.flat();
  T* theta = flat.data();
  const T* g = gradient.data();
  if (options_.momentum == 0) {
    for (std::size_t i = 0; i < flat.size(); ++i) theta[i] -= lr * (g[i] + decay * theta[i]);
    return;
  }
  if (velocity_.size() != flat.size()) velocity_ = Tensor<T>(flat.shape(), T(0));
  T* v = velocity_.data();
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const T slope = g[i] + decay * theta[i];
    v[i] = momentum * v[i] + slope;
    theta[i] -= lr * (options_.nesterov ? slope + momentum * v[i] : v[i]);
  }
}

template class Sgd<float>;
template class Sgd<double>;

}  // namespace premelt
