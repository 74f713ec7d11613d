#include "rdm/samplers/landscape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// Σ_k weight_k·G(θ + k·h·v) over k = −2..2, divided by `divisor`.
Tensor<double> stencil(const LossLandscape& landscape, ParameterVector theta, ParameterVector v, double h,
                       const std::array<double, 5>& weights, double divisor) {
  Tensor<double> sum(Shape{landscape.probes(), landscape.parameters()}, 0.0);
  std::vector<double> moved(theta.size());
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0) continue;
    const double distance = (static_cast<double>(k) - 2) * h;
    for (std::size_t a = 0; a < theta.size(); ++a) moved[a] = theta[a] + distance * v[a];
    const Tensor<double> g = landscape.jacobian(moved);
    for (std::size_t i = 0; i < g.size(); ++i) sum.data()[i] += weights[k] / divisor * g.data()[i];
  }
  return sum;
}

/// The mean of some rows of (n,p).
Tensor<double> mean_of_rows(const Tensor<double>& rows, std::span<const std::size_t> some) {
  const std::size_t p = rows.shape()[1];
  Tensor<double> mean(Shape{p}, 0.0);
  for (std::size_t i : some) {
    for (std::size_t a = 0; a < p; ++a) mean(a) += rows(i, a) / static_cast<double>(some.size());
  }
  return mean;
}

/// A step along v that moves θ by `fraction` of its own size.
double step_size(ParameterVector theta, ParameterVector v, double fraction) {
  const auto norm = [](ParameterVector x) { return std::sqrt(blas::dot(x.size(), x.data(), x.data())); };
  return fraction * std::max(1.0, norm(theta)) / norm(v);
}

bool is_zero(ParameterVector v) {
  return std::ranges::all_of(v, [](double x) { return x == 0; });
}

}  // namespace

void LossLandscape::check(ParameterVector vector) const {
  if (vector.size() == parameters_) return;
  throw ShapeError("[landscape] expected a vector of " + std::to_string(parameters_) + " parameters, got " +
                   std::to_string(vector.size()));
}

Tensor<double> LossLandscape::mean_gradient(ParameterVector theta) const {
  const Tensor<double> g = jacobian(theta);
  const std::vector<double> weights(probes_, 1 / static_cast<double>(probes_));
  Tensor<double> mean(Shape{parameters_});
  blas::gemv(blas::Transpose::yes, probes_, parameters_, 1.0, g.data(), parameters_, weights.data(), 0.0,
             mean.data());
  return mean;
}

Tensor<double> LossLandscape::mean_gradient(ParameterVector theta,
                                            std::span<const std::size_t> probes) const {
  return mean_of_rows(jacobian(theta), probes);
}

Tensor<double> LossLandscape::gram(ParameterVector theta) const {
  const Tensor<double> g = jacobian(theta);
  Tensor<double> gram(Shape{probes_, probes_});
  blas::syrk(blas::Transpose::no, probes_, parameters_, 1.0, g.data(), parameters_, 0.0, gram.data(),
             probes_);
  return gram;
}

Tensor<double> LossLandscape::hessian_products(ParameterVector theta, ParameterVector v) const {
  check(theta);
  check(v);
  if (is_zero(v)) return Tensor<double>(Shape{probes_, parameters_}, 0.0);
  const double h = step_size(theta, v, 1e-3);
  return stencil(*this, theta, v, h, {1, -8, 0, 8, -1}, 12 * h);
}

Tensor<double> LossLandscape::hessian_product(ParameterVector theta, ParameterVector v,
                                              std::size_t probe) const {
  return hessian_products(theta, v).subspan(probe * parameters_, Shape{parameters_}).clone();
}

Tensor<double> LossLandscape::mean_hessian_product(ParameterVector theta, ParameterVector v,
                                                   std::span<const std::size_t> probes) const {
  return mean_of_rows(hessian_products(theta, v), probes);
}

Tensor<double> LossLandscape::third_products(ParameterVector theta, ParameterVector v) const {
  check(theta);
  check(v);
  if (is_zero(v)) return Tensor<double>(Shape{probes_, parameters_}, 0.0);
  const double h = step_size(theta, v, 3e-3);
  return stencil(*this, theta, v, h, {-1, 16, -30, 16, -1}, 12 * h * h);
}

void FunctionLandscape::losses(ParameterVector theta, std::span<double> losses) const {
  check(theta);
  functions_.losses(theta, losses);
}

Tensor<double> FunctionLandscape::jacobian(ParameterVector theta) const {
  check(theta);
  return functions_.jacobian(theta);
}

Tensor<double> FunctionLandscape::hessian_products(ParameterVector theta, ParameterVector v) const {
  if (!functions_.hessian_products) return LossLandscape::hessian_products(theta, v);
  return functions_.hessian_products(theta, v);
}

Tensor<double> FunctionLandscape::third_products(ParameterVector theta, ParameterVector v) const {
  if (!functions_.third_products) return LossLandscape::third_products(theta, v);
  return functions_.third_products(theta, v);
}

RescaledLandscape::RescaledLandscape(const LossLandscape& inner, Tensor<double> scale)
    : LossLandscape(inner.probes(), inner.parameters()), inner_(inner), scale_(std::move(scale)) {
  check(scale_.flat());
  if (!std::ranges::all_of(scale_.flat(), [](double s) { return s > 0; })) {
    throw UsageError("the standard deviations of a diagonal Gaussian must be positive");
  }
}

Tensor<double> RescaledLandscape::to_inner_coordinates(ParameterVector phi) const {
  check(phi);
  Tensor<double> theta(Shape{phi.size()});
  std::ranges::transform(phi, scale_.flat(), theta.data(), std::multiplies<>());
  return theta;
}

Tensor<double> RescaledLandscape::from_inner_coordinates(ParameterVector theta) const {
  check(theta);
  Tensor<double> phi(Shape{theta.size()});
  std::ranges::transform(theta, scale_.flat(), phi.data(), std::divides<>());
  return phi;
}

Tensor<double> RescaledLandscape::scale_columns(Tensor<double> rows) const {
  for (std::size_t i = 0; i < probes(); ++i) {
    std::ranges::transform(rows.row(i), scale_.flat(), rows.row(i).begin(), std::multiplies<>());
  }
  return rows;
}

void RescaledLandscape::losses(ParameterVector phi, std::span<double> losses) const {
  inner_.losses(to_inner_coordinates(phi).flat(), losses);
}

Tensor<double> RescaledLandscape::jacobian(ParameterVector phi) const {
  return scale_columns(inner_.jacobian(to_inner_coordinates(phi).flat()));
}

Tensor<double> RescaledLandscape::hessian_products(ParameterVector phi, ParameterVector v) const {
  return scale_columns(
      inner_.hessian_products(to_inner_coordinates(phi).flat(), to_inner_coordinates(v).flat()));
}

Tensor<double> RescaledLandscape::third_products(ParameterVector phi, ParameterVector v) const {
  return scale_columns(
      inner_.third_products(to_inner_coordinates(phi).flat(), to_inner_coordinates(v).flat()));
}

}  // namespace premelt
