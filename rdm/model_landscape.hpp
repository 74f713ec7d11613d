#pragma once
/// Any model of the engine as a LossLandscape.

#include "engine/parameters.hpp"
#include "rdm/landscape.hpp"

namespace premelt {

/// The probes' losses (n) from the model's parameters; the probes are constants inside. Samples must not mix
/// (engine/per_sample.hpp).
using ProbeLosses = std::function<Var<double>(const Leaves<double>&)>;

/// Exact derivatives by the tape: two reverse passes give all g_i·v at once (a Jacobian-vector product), a
/// per-sample pass over them all H_i·v, and once more T_i[v,v,·].
class ModelLandscape final : public LossLandscape {
 public:
  /// `parameters` serve as names and shapes; their numbers do not matter here.
  ModelLandscape(Parameters<double> parameters, std::size_t probes, ProbeLosses forward)
      : LossLandscape(probes, parameters.size()),
        parameters_(std::move(parameters)),
        forward_(std::move(forward)) {}

  void losses(ParameterVector theta, std::span<double> losses) const override;
  Tensor<double> mean_gradient(ParameterVector theta) const override;
  Tensor<double> jacobian(ParameterVector theta) const override;
  Tensor<double> gram(ParameterVector theta) const override;
  Tensor<double> hessian_products(ParameterVector theta, ParameterVector v) const override;
  Tensor<double> hessian_product(ParameterVector theta, ParameterVector v, std::size_t probe) const override;
  Tensor<double> third_products(ParameterVector theta, ParameterVector v) const override;

 private:
  Tensor<double> copy(ParameterVector vector) const;
  /// G of values (n) that depend on the leaves, or zeros when they do not.
  Tensor<double> jacobian_of(const Var<double>& values, const Leaves<double>& leaves) const;

  Parameters<double> parameters_;
  ProbeLosses forward_;
};

/// The same parameters in double.
template <class T>
Parameters<double> in_double(const Parameters<T>& parameters) {
  Parameters<double> result;
  for (const auto& entry : parameters.entries()) result.add(entry.name, cast<double>(parameters[entry.name]));
  return result;
}

}  // namespace premelt
