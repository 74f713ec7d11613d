#include "rdm/samplers/model_landscape.hpp"

#include <algorithm>

#include "engine/gradient/derivatives.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/gradient/per_sample.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/index.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"

namespace premelt {

namespace {

Tensor<double> in_double(const Tensor<float>& result) {
  return cast<double>(result);
}
Tensor<double> in_double(const Tensor<double>& result) {
  return result;
}

}  // namespace

template <class T>
Tensor<T> ModelLandscape<T>::copy(ParameterVector vector) const {
  check(vector);
  Tensor<T> tensor(Shape{vector.size()});
  std::ranges::transform(vector, tensor.data(), [](double x) { return static_cast<T>(x); });
  return tensor;
}

template <class T>
Tensor<double> ModelLandscape<T>::jacobian_of(const Var<T>& values, const Leaves<T>& leaves) const {
  if (!values.tracked()) return Tensor<double>(Shape{probes(), parameters()}, 0.0);
  return in_double(per_sample_jacobian(values, leaves));
}

template <class T>
void ModelLandscape<T>::losses(ParameterVector theta, std::span<double> losses) const {
  const Var<T> values = forward_(parameters_.constants(copy(theta)));
  std::ranges::copy(values.value().flat(), losses.begin());
}

template <class T>
Tensor<double> ModelLandscape<T>::mean_gradient(ParameterVector theta) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  return in_double(parameters_.flatten(gradient(mean(forward_(leaves)), leaves)));
}

template <class T>
Var<T> ModelLandscape<T>::mean_loss(const Leaves<T>& leaves, std::span<const std::size_t> probes) const {
  if (some_) return mean(some_(leaves, probes));
  Tensor<T> weights(Shape{this->probes()}, T(0));
  for (std::size_t i : probes) weights(i) += T(1) / static_cast<T>(probes.size());
  return sum(forward_(leaves) * Var<T>(weights));
}

template <class T>
Tensor<double> ModelLandscape<T>::mean_gradient(ParameterVector theta,
                                                std::span<const std::size_t> probes) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  return in_double(parameters_.flatten(gradient(mean_loss(leaves, probes), leaves)));
}

template <class T>
Tensor<double> ModelLandscape<T>::jacobian(ParameterVector theta) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  return in_double(per_sample_jacobian(forward_(leaves), leaves));
}

template <class T>
Tensor<double> ModelLandscape<T>::gram(ParameterVector theta) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  return in_double(per_sample_gram(forward_(leaves), leaves));
}

template <class T>
Tensor<double> ModelLandscape<T>::hessian_products(ParameterVector theta, ParameterVector v) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  const Leaves<T> directions = parameters_.leaves(tape, copy(v));
  return jacobian_of(jvp(forward_(leaves), leaves, directions), leaves);
}

template <class T>
Tensor<double> ModelLandscape<T>::hessian_product(ParameterVector theta, ParameterVector v,
                                                  std::size_t probe) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  const Var<T> loss = reshape(slice(forward_(leaves), 0, probe, probe + 1), Shape{});
  return in_double(parameters_.flatten(hvp(loss, leaves, parameters_.constants(copy(v)))));
}

template <class T>
Tensor<double> ModelLandscape<T>::mean_hessian_product(ParameterVector theta, ParameterVector v,
                                                       std::span<const std::size_t> probes) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  return in_double(
      parameters_.flatten(hvp(mean_loss(leaves, probes), leaves, parameters_.constants(copy(v)))));
}

template <class T>
Tensor<double> ModelLandscape<T>::third_products(ParameterVector theta, ParameterVector v) const {
  Tape<T> tape;
  const Leaves<T> leaves = parameters_.leaves(tape, copy(theta));
  const Leaves<T> directions = parameters_.leaves(tape, copy(v));
  const Var<T> slopes = jvp(forward_(leaves), leaves, directions);
  if (!slopes.tracked()) return jacobian_of(slopes, leaves);
  return jacobian_of(jvp(slopes, leaves, directions), leaves);
}

template <class T>
double ModelLandscape<T>::work() const {
  Tape<T> tape;
  forward_(parameters_.leaves(tape));
  double numbers = LossLandscape::work();
  for (NodeId id = 0; id < tape.size(); ++id) numbers += static_cast<double>(tape.shape(id).size());
  return numbers;
}

template class ModelLandscape<float>;
template class ModelLandscape<double>;

}  // namespace premelt
