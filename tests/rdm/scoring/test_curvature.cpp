#include "rdm/scoring/curvature.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/window/spectrum.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

/// The Hessian of the mean loss of some probes.
Tensor<double> mean_hessian(const Quadratic& quadratic, const std::vector<std::size_t>& probes) {
  const std::size_t p = quadratic.parameters();
  Tensor<double> h(Shape{p, p}, 0.0);
  for (std::size_t i : probes) {
    for (std::size_t k = 0; k < h.size(); ++k)
      h.data()[k] += quadratic.curvatures[i].data()[k] / static_cast<double>(probes.size());
  }
  return h;
}

std::vector<double> times(const Tensor<double>& h, std::span<const double> v) {
  std::vector<double> result(v.size(), 0.0);
  for (std::size_t a = 0; a < v.size(); ++a) {
    for (std::size_t b = 0; b < v.size(); ++b) result[a] += h(a, b) * v[b];
  }
  return result;
}

/// ½Σ h_a θ_a², one probe.
FunctionLandscape bowl(const std::vector<double>& h) {
  return {1,
          h.size(),
          {.losses =
               [h](ParameterVector theta, std::span<double> losses) {
                 losses[0] = 0;
                 for (std::size_t a = 0; a < h.size(); ++a) losses[0] += h[a] * theta[a] * theta[a] / 2;
               },
           .jacobian =
               [h](ParameterVector theta) {
                 Tensor<double> g(Shape{1, h.size()});
                 for (std::size_t a = 0; a < h.size(); ++a) g(0, a) = h[a] * theta[a];
                 return g;
               }}};
}

}  // namespace

TEST_CASE("the mean Hessian-vector product of some probes is that of the rows, on the tape and off",
          "[property]") {
  const ModelCase model = tanh_network();
  Rng rng(1, "direction");
  const Tensor<double> v = normal_tensor<double>(Shape{26}, rng);
  const std::vector<std::size_t> some{0, 2, 5};
  const Tensor<double> rows = model.landscape->hessian_products(model.theta.flat(), v.flat()),
                       found = model.landscape->mean_hessian_product(model.theta.flat(), v.flat(), some),
                       plain = model.landscape->LossLandscape::mean_hessian_product(model.theta.flat(),
                                                                                    v.flat(), some);
  for (std::size_t a = 0; a < 26; ++a) {
    const double expected = (rows(0, a) + rows(2, a) + rows(5, a)) / 3;
    CHECK(std::abs(found(a) - expected) <= 1e-12);
    CHECK(std::abs(plain(a) - expected) <= 1e-12);
  }
}

TEST_CASE("the noise scale is the gradients' variance over their mean squared", "[unit]") {
  // g_i = ±1 around (3, 4) along the first axis: tr Σ = 1, ‖g‖² = 25.
  const auto gradients = Tensor<double>::of({{4, 4}, {2, 4}, {4, 4}, {2, 4}});
  CHECK(noise_scale(row_gram(gradients)) == Approx(1 / 25.0).epsilon(1e-12));
  CHECK(std::isnan(noise_scale(row_gram(Tensor<double>::of({{1, 0}, {-1, 0}})))));
  // Of a quadratic, from the landscape, against the definition.
  const Quadratic quadratic(5, 4, 2);
  const std::vector<double> theta{0.5, -1, 2, 0.1};
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> g = landscape.jacobian(theta), mean = landscape.mean_gradient(theta);
  double spread = 0, squared = 0;
  for (std::size_t a = 0; a < 4; ++a) {
    squared += mean(a) * mean(a);
    for (std::size_t i = 0; i < 5; ++i) spread += std::pow(g(i, a) - mean(a), 2) / 5;
  }
  CHECK(noise_scale(landscape.gram(theta)) == Approx(spread / squared).epsilon(1e-10));
}

TEST_CASE("the sharpness of a quadratic is the largest eigenvalue of its Hessian, whatever the others",
          "[unit]") {
  const std::vector<double> origin(4, 0.3);
  for (const auto& [h, largest] :
       {std::pair{std::vector<double>{5, 1, 0.2, 0}, 5.0}, std::pair{std::vector<double>{-9, 2, 1, 0.5}, 2.0},
        std::pair{std::vector<double>{-4, -3, -2, -1}, -1.0},
        std::pair{std::vector<double>{0, 0, 0, 0}, 0.0}}) {
    Sharpness sharpness(1, 1e-4, 1000);
    CHECK(std::abs(sharpness(bowl(h), origin) - largest) <= 1e-5);
  }
  const Quadratic quadratic(3, 8, 5);
  const Tensor<double> hessian = mean_hessian(quadratic, {0, 1, 2});
  Sharpness sharpness(1, 1e-4, 2000);
  CHECK(sharpness(quadratic.landscape(), std::vector<double>(8, 0.0)) ==
        Approx(blas::symmetric_eigenvalues(hessian)(0)).epsilon(1e-6));
}

TEST_CASE("the sharpness starts where it ended: a second look costs next to nothing", "[unit]") {
  const ModelCase model = tanh_network();
  Sharpness sharpness(1, 1e-3, 1000);
  const double first = sharpness(*model.landscape, model.theta.flat());
  CHECK(sharpness.products() >= 5);
  CHECK(sharpness(*model.landscape, model.theta.flat()) == Approx(first).epsilon(1e-3));
  CHECK(sharpness.products() <= 2);
}

TEST_CASE("batch pairs share no sample, and come back the same from the same seed", "[property]") {
  for (const auto& [samples, size] : {std::pair<std::size_t, std::size_t>{10, 4}, {7, 3}, {2, 1}}) {
    const auto pairs = batch_pairs(samples, 4, 6, 9);
    REQUIRE(pairs.size() == 6);
    for (const auto& [a, b] : pairs) {
      std::set<std::size_t> together(a.begin(), a.end());
      together.insert(b.begin(), b.end());
      CHECK(a.size() == size);
      CHECK(together.size() == 2 * size);
      CHECK(*together.rbegin() < samples);
    }
    CHECK(pairs == batch_pairs(samples, 4, 6, 9));
  }
  CHECK(batch_pairs(1, 4, 6, 9).empty());
}

TEST_CASE("the commutator of known Hessians, for steps of any length", "[unit]") {
  const Quadratic quadratic(4, 5, 7);
  const std::vector<double> theta{0.2, -0.4, 1, 0.7, -0.1};
  const FunctionLandscape landscape = quadratic.landscape();
  const BatchPair pair{{0, 1}, {2, 3}};
  const Tensor<double> ga = landscape.mean_gradient(theta, pair.first),
                       gb = landscape.mean_gradient(theta, pair.second);
  const auto hagb = times(mean_hessian(quadratic, pair.first), gb.flat()),
             hbga = times(mean_hessian(quadratic, pair.second), ga.flat());
  double squared = 0;
  for (std::size_t a = 0; a < 5; ++a) squared += std::pow(hagb[a] - hbga[a], 2);
  const double expected = std::sqrt(squared) / (norm(ga.flat()) * norm(gb.flat()));
  // Gradients of a quadratic are linear, so that the limit is reached at every rate.
  for (double rate : {1.0, 1e-2}) {
    const Commutator found = commutator(landscape, theta, rate, {pair});
    CHECK(found.limit == Approx(expected).epsilon(1e-10));
    CHECK(found.defect == Approx(expected).epsilon(1e-9));
  }
  const Commutator same = commutator(landscape, theta, 0.1, {{{1, 2}, {1, 2}}});
  CHECK(same.defect <= 1e-12);
  CHECK(same.limit <= 1e-12);
}

TEST_CASE("the commutator's defect goes to its limit with the step, and pairs give their median",
          "[property]") {
  const ModelCase model = tanh_network();
  const auto pairs = batch_pairs(6, 3, 5, 1);
  const Commutator coarse = commutator(*model.landscape, model.theta.flat(), 1e-1, pairs),
                   fine = commutator(*model.landscape, model.theta.flat(), 1e-4, pairs);
  CHECK(coarse.limit == fine.limit);
  CHECK(fine.defect == Approx(fine.limit).epsilon(1e-3));
  CHECK(std::abs(coarse.defect - coarse.limit) > std::abs(fine.defect - fine.limit));
  std::vector<double> limits;
  for (const BatchPair& pair : pairs)
    limits.push_back(commutator(*model.landscape, model.theta.flat(), 0.1, {pair}).limit);
  std::ranges::sort(limits);
  CHECK(coarse.limit == limits[2]);
  CHECK(std::isnan(commutator(*model.landscape, model.theta.flat(), 0.1, {}).defect));
  CHECK_THROWS_AS(commutator(*model.landscape, model.theta.flat(), 0, pairs), UsageError);
}
