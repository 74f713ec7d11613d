#pragma once
/// The losses of n probes as functions of p parameters: all that the samplers and Prop. 2.1 need to know
/// about a model. Everything is double, whatever the model was trained in.

#include <functional>
#include <span>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// A point θ or a direction v in parameter space, (p).
using ParameterVector = std::span<const double>;

/// ℓ_i(θ) with its derivatives. All functions may be called from several threads at once. They throw
/// ShapeError when a vector does not have p numbers.
class LossLandscape {
 public:
  /// n probes, p parameters.
  LossLandscape(std::size_t probes, std::size_t parameters) : probes_(probes), parameters_(parameters) {}
  virtual ~LossLandscape() = default;

  std::size_t probes() const { return probes_; }          ///< n
  std::size_t parameters() const { return parameters_; }  ///< p

  /// ℓ(θ) into `losses` (n).
  virtual void losses(ParameterVector theta, std::span<double> losses) const = 0;
  /// The gradient of the mean loss, (p).
  virtual Tensor<double> mean_gradient(ParameterVector theta) const;
  /// The gradient of the mean of the losses of some probes, (p): what a minibatch knows.
  virtual Tensor<double> mean_gradient(ParameterVector theta, std::span<const std::size_t> probes) const;
  /// G (n,p): row i is g_i = ∇ℓ_i.
  virtual Tensor<double> jacobian(ParameterVector theta) const = 0;
  /// GGᵀ (n,n), without G in memory where the model knows how.
  virtual Tensor<double> gram(ParameterVector theta) const;
  /// (n,p): row i is H_i·v.
  virtual Tensor<double> hessian_products(ParameterVector theta, ParameterVector v) const;
  /// H_i·v of one probe, (p).
  virtual Tensor<double> hessian_product(ParameterVector theta, ParameterVector v, std::size_t probe) const;
  /// H·v of the mean of the losses of some probes, (p).
  virtual Tensor<double> mean_hessian_product(ParameterVector theta, ParameterVector v,
                                              std::span<const std::size_t> probes) const;
  /// (n,p): row i is ∇(vᵀH_iv) = T_i[v,v,·].
  virtual Tensor<double> third_products(ParameterVector theta, ParameterVector v) const;

  /// Roughly how many numbers one evaluation of the losses handles.
  virtual double work() const { return static_cast<double>(probes_) * static_cast<double>(parameters_); }
  /// Bytes of one n×p matrix.
  double jacobian_bytes() const {
    return 8.0 * static_cast<double>(probes_) * static_cast<double>(parameters_);
  }

 protected:
  /// Throws ShapeError unless `vector` is (p).
  void check(ParameterVector vector) const;

 private:
  std::size_t probes_, parameters_;
};

/// A landscape given by plain functions: closed forms, or a model of another framework. What is left out is
/// made from `jacobian`, by differences of fourth order along v (relative error about 1e-10 for H·v, 1e-6 for
/// T[v,v,·]).
class FunctionLandscape final : public LossLandscape {
 public:
  /// As the members of LossLandscape; the last two may be left out.
  struct Functions {
    std::function<void(ParameterVector, std::span<double>)> losses;  ///< ℓ(θ) into (n)
    std::function<Tensor<double>(ParameterVector)> jacobian;         ///< G (n,p)
    std::function<Tensor<double>(ParameterVector, ParameterVector)> hessian_products =
        nullptr;  ///< H_i·v (n,p)
    std::function<Tensor<double>(ParameterVector, ParameterVector)> third_products =
        nullptr;  ///< T_i[v,v,·] (n,p)
  };

  /// The first two functions are required.
  FunctionLandscape(std::size_t probes, std::size_t parameters, Functions functions)
      : LossLandscape(probes, parameters), functions_(std::move(functions)) {}

  void losses(ParameterVector theta, std::span<double> losses) const override;
  Tensor<double> jacobian(ParameterVector theta) const override;
  Tensor<double> hessian_products(ParameterVector theta, ParameterVector v) const override;
  Tensor<double> third_products(ParameterVector theta, ParameterVector v) const override;

 private:
  Functions functions_;
};

/// The same losses in coordinates φ with θ = scale∘φ. A Gaussian of covariance σ²diag(scale²) in θ is one of
/// covariance σ²I in φ, so whatever handles isotropic noise handles diagonal noise too. `inner` has to
/// outlive it.
class RescaledLandscape final : public LossLandscape {
 public:
  /// Throws ShapeError unless `scale` is (p), UsageError unless its entries are positive.
  RescaledLandscape(const LossLandscape& inner, Tensor<double> scale);

  /// θ = scale∘φ.
  Tensor<double> to_inner_coordinates(ParameterVector phi) const;
  /// φ = θ/scale.
  Tensor<double> from_inner_coordinates(ParameterVector theta) const;

  void losses(ParameterVector phi, std::span<double> losses) const override;
  Tensor<double> jacobian(ParameterVector phi) const override;
  Tensor<double> hessian_products(ParameterVector phi, ParameterVector v) const override;
  Tensor<double> third_products(ParameterVector phi, ParameterVector v) const override;

 private:
  Tensor<double> scale_columns(Tensor<double> rows) const;

  const LossLandscape& inner_;
  Tensor<double> scale_;
};

}  // namespace premelt
