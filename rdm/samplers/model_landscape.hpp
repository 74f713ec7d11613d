#pragma once
/// Any model of the engine as a LossLandscape.

#include <type_traits>

#include "engine/train/parameters.hpp"
#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// The probes' losses (n) from the model's parameters; the probes are constants inside, declared with
/// `batched`. Samples must not mix (engine/gradient/per_sample.hpp).
template <class T>
using ProbeLosses = std::function<Var<T>(const Leaves<T>&)>;

/// The losses of some of the probes, for models that need not compute all of them.
template <class T>
using SomeLosses = std::function<Var<T>(const Leaves<T>&, std::span<const std::size_t>)>;

/// Computes in T and speaks double: float for speed, where losses good to seven digits will do. Exact
/// derivatives by the tape: two reverse passes give all g_i·v at once (a Jacobian-vector product), a
/// per-sample pass over them all H_i·v, and once more T_i[v,v,·].
template <class T>
class ModelLandscape final : public LossLandscape {
 public:
  /// `parameters` serve as names and shapes; their numbers do not matter here.
  ModelLandscape(Parameters<T> parameters, std::size_t probes, std::type_identity_t<ProbeLosses<T>> forward,
                 std::type_identity_t<SomeLosses<T>> some = nullptr)
      : LossLandscape(probes, parameters.size()),
        parameters_(std::move(parameters)),
        forward_(std::move(forward)),
        some_(std::move(some)) {}

  void losses(ParameterVector theta, std::span<double> losses) const override;
  Tensor<double> mean_gradient(ParameterVector theta) const override;
  Tensor<double> mean_gradient(ParameterVector theta, std::span<const std::size_t> probes) const override;
  Tensor<double> jacobian(ParameterVector theta) const override;
  Tensor<double> gram(ParameterVector theta) const override;
  Tensor<double> hessian_products(ParameterVector theta, ParameterVector v) const override;
  Tensor<double> hessian_product(ParameterVector theta, ParameterVector v, std::size_t probe) const override;
  Tensor<double> mean_hessian_product(ParameterVector theta, ParameterVector v,
                                      std::span<const std::size_t> probes) const override;
  Tensor<double> third_products(ParameterVector theta, ParameterVector v) const override;
  /// n·p and the sizes of all that a forward pass computes: a sequence costs more than a row of numbers.
  double work() const override;

 private:
  Tensor<T> copy(ParameterVector vector) const;
  /// The mean of the losses of some probes.
  Var<T> mean_loss(const Leaves<T>& leaves, std::span<const std::size_t> probes) const;
  /// G of values (n) that depend on the leaves, or zeros when they do not.
  Tensor<double> jacobian_of(const Var<T>& values, const Leaves<T>& leaves) const;

  Parameters<T> parameters_;
  ProbeLosses<T> forward_;
  SomeLosses<T> some_;
};

/// The same parameters in double.
template <class T>
Parameters<double> in_double(const Parameters<T>& parameters) {
  Parameters<double> result;
  for (const auto& entry : parameters.entries()) result.add(entry.name, cast<double>(parameters[entry.name]));
  return result;
}

}  // namespace premelt
