#include "rdm/model_landscape.hpp"

#include <algorithm>

#include "engine/derivatives.hpp"
#include "engine/gradient.hpp"
#include "engine/ops/index.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/per_sample.hpp"

namespace premelt {

Tensor<double> ModelLandscape::copy(ParameterVector vector) const {
  check(vector);
  Tensor<double> tensor(Shape{vector.size()});
  std::ranges::copy(vector, tensor.data());
  return tensor;
}

Tensor<double> ModelLandscape::jacobian_of(const Var<double>& values, const Leaves<double>& leaves) const {
  if (!values.tracked()) return Tensor<double>(Shape{probes(), parameters()}, 0.0);
  return per_sample_jacobian(values, leaves);
}

void ModelLandscape::losses(ParameterVector theta, std::span<double> losses) const {
  const Var<double> values = forward_(parameters_.constants(copy(theta)));
  std::ranges::copy(values.value().flat(), losses.begin());
}

Tensor<double> ModelLandscape::mean_gradient(ParameterVector theta) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  return parameters_.flatten(gradient(mean(forward_(leaves)), leaves));
}

Tensor<double> ModelLandscape::jacobian(ParameterVector theta) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  return per_sample_jacobian(forward_(leaves), leaves);
}

Tensor<double> ModelLandscape::gram(ParameterVector theta) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  return per_sample_gram(forward_(leaves), leaves);
}

Tensor<double> ModelLandscape::hessian_products(ParameterVector theta, ParameterVector v) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  const Leaves<double> directions = parameters_.leaves(tape, copy(v));
  return jacobian_of(jvp(forward_(leaves), leaves, directions), leaves);
}

Tensor<double> ModelLandscape::hessian_product(ParameterVector theta, ParameterVector v,
                                               std::size_t probe) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  const Var<double> loss = reshape(slice(forward_(leaves), 0, probe, probe + 1), Shape{});
  return parameters_.flatten(hvp(loss, leaves, parameters_.constants(copy(v))));
}

Tensor<double> ModelLandscape::third_products(ParameterVector theta, ParameterVector v) const {
  Tape<double> tape;
  const Leaves<double> leaves = parameters_.leaves(tape, copy(theta));
  const Leaves<double> directions = parameters_.leaves(tape, copy(v));
  const Var<double> slopes = jvp(forward_(leaves), leaves, directions);
  if (!slopes.tracked()) return jacobian_of(slopes, leaves);
  return jacobian_of(jvp(slopes, leaves, directions), leaves);
}

}  // namespace premelt
