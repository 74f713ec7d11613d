#pragma once
/// Landscapes whose covariances are known, and small models for derivatives.

#include <cmath>
#include <memory>
#include <vector>

#include "engine/nn/transformer.hpp"
#include "engine/ops/ops.hpp"
#include "rdm/samplers/model_landscape.hpp"

namespace premelt::test {

/// ℓ_i = g_i·θ + ½θᵀH_iθ, with N(0,1) entries of g and of A, H_i = (A + Aᵀ)/2.
struct Quadratic {
  Tensor<double> slopes;                   ///< (n,p)
  std::vector<Tensor<double>> curvatures;  ///< n of (p,p)

  Quadratic(std::size_t n, std::size_t p, std::uint64_t seed) : slopes(Shape{n, p}) {
    Rng rng(seed, "quadratic");
    slopes = normal_tensor<double>(Shape{n, p}, rng);
    for (std::size_t i = 0; i < n; ++i) {
      const Tensor<double> a = normal_tensor<double>(Shape{p, p}, rng);
      Tensor<double> h(Shape{p, p});
      for (std::size_t r = 0; r < p; ++r) {
        for (std::size_t c = 0; c < p; ++c) h(r, c) = (a(r, c) + a(c, r)) / 2;
      }
      curvatures.push_back(h);
    }
  }

  std::size_t probes() const { return slopes.shape()[0]; }
  std::size_t parameters() const { return slopes.shape()[1]; }

  Tensor<double> curvature_products(ParameterVector v) const {
    Tensor<double> rows(slopes.shape(), 0.0);
    for (std::size_t i = 0; i < probes(); ++i) {
      for (std::size_t a = 0; a < parameters(); ++a) {
        for (std::size_t b = 0; b < parameters(); ++b) rows(i, a) += curvatures[i](a, b) * v[b];
      }
    }
    return rows;
  }

  /// Has to outlive the landscape.
  FunctionLandscape landscape() const {
    return {probes(),
            parameters(),
            {.losses =
                 [this](ParameterVector theta, std::span<double> losses) {
                   const Tensor<double> rows = curvature_products(theta);
                   for (std::size_t i = 0; i < probes(); ++i) {
                     losses[i] = 0;
                     for (std::size_t a = 0; a < parameters(); ++a)
                       losses[i] += (slopes(i, a) + rows(i, a) / 2) * theta[a];
                   }
                 },
             .jacobian =
                 [this](ParameterVector theta) {
                   Tensor<double> g = curvature_products(theta);
                   for (std::size_t k = 0; k < g.size(); ++k) g.data()[k] += slopes.data()[k];
                   return g;
                 },
             .hessian_products = [this](ParameterVector, ParameterVector v) { return curvature_products(v); },
             .third_products = [this](ParameterVector,
                                      ParameterVector) { return Tensor<double>(slopes.shape(), 0.0); }}};
  }

  /// Cov(ℓ_i,ℓ_j) = ḡ_iᵀΣḡ_j + ½tr(H_iΣH_jΣ) for θ ~ N(mean, Σ), ḡ_i = g_i + H_i·mean (Isserlis); exact.
  Tensor<double> covariance(ParameterVector mean, const Tensor<double>& sigma) const {
    const std::size_t n = probes(), p = parameters();
    Tensor<double> g = curvature_products(mean), c(Shape{n, n}, 0.0);
    for (std::size_t k = 0; k < g.size(); ++k) g.data()[k] += slopes.data()[k];
    std::vector<Tensor<double>> hs;
    for (const Tensor<double>& h : curvatures)
      hs.push_back(matmul(Var<double>(h), Var<double>(sigma)).value());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t a = 0; a < p; ++a) {
          for (std::size_t b = 0; b < p; ++b) {
            c(i, j) += g(i, a) * sigma(a, b) * g(j, b) + hs[i](a, b) * hs[j](b, a) / 2;
          }
        }
      }
    }
    return c;
  }
};

inline Tensor<double> scaled_identity(std::size_t p, double value) {
  Tensor<double> matrix(Shape{p, p}, 0.0);
  for (std::size_t a = 0; a < p; ++a) matrix(a, a) = value;
  return matrix;
}

struct ModelCase {
  std::unique_ptr<ModelLandscape<double>> landscape;
  Tensor<double> theta;  ///< (p)
};

/// A 3-4-2 tanh network with biases and cross-entropy on 6 probes: p = 26.
inline ModelCase tanh_network() {
  Rng rng(3, "network");
  Parameters<double> parameters;
  for (const auto& [name, shape] : {std::pair{"w1", Shape{4, 3}}, std::pair{"b1", Shape{4}},
                                    std::pair{"w2", Shape{2, 4}}, std::pair{"b2", Shape{2}}}) {
    parameters.add(name, normal_tensor<double>(shape, rng, 0.7));
  }
  const Tensor<double> x = normal_tensor<double>(Shape{6, 3}, rng);
  Indices labels(Shape{6});
  for (auto& label : labels.flat()) label = static_cast<std::int64_t>(rng.below(2));
  const auto forward = [x, labels](const Leaves<double>& theta) {
    const Var<double> h = tanh(matmul_nt(batched(x), theta[0]) + theta[1]);
    return cross_entropy(matmul_nt(h, theta[2]) + theta[3], labels);
  };
  const Tensor<double> theta = parameters.flat().clone();
  return {std::make_unique<ModelLandscape<double>>(parameters, 6, forward), theta};
}

/// A one-layer attention model; the mean token loss of each of 5 sequences.
inline ModelCase attention_model() {
  Rng rng(4, "network");
  Parameters<double> parameters;
  const nn::Transformer model(parameters,
                              {.vocabulary = 3,
                               .positions = 4,
                               .width = 4,
                               .heads = 2,
                               .layers = 1,
                               .mlp = 4,
                               .activation = nn::Activation::gelu,
                               .norm = nn::NormKind::rms,
                               .position_sd = 0.5},
                              rng);
  Indices tokens(Shape{5, 4}), next(Shape{5, 4});
  for (Indices* list : {&tokens, &next}) {
    for (auto& token : list->flat()) token = static_cast<std::int64_t>(rng.below(3));
  }
  const auto forward = [model, tokens, next](const Leaves<double>& theta) {
    return mean(cross_entropy(model(theta, tokens), next), 1);
  };
  const Tensor<double> theta = parameters.flat().clone();
  return {std::make_unique<ModelLandscape<double>>(parameters, 5, forward), theta};
}

}  // namespace premelt::test
