#include "rdm/scoring/local_sampling.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "rdm/samplers/landscape.hpp"

using namespace premelt;

namespace {

/// N samples that all have the loss ½hθ², in p dimensions.
FunctionLandscape bowl(std::size_t samples, std::size_t p, double h) {
  return {samples,
          p,
          {.losses =
               [=](ParameterVector theta, std::span<double> losses) {
                 double loss = 0;
                 for (double x : theta) loss += h * x * x / 2;
                 std::ranges::fill(losses, loss);
               },
           .jacobian =
               [=](ParameterVector theta) {
                 Tensor<double> g(Shape{samples, p});
                 for (std::size_t i = 0; i < samples; ++i) {
                   for (std::size_t a = 0; a < p; ++a) g(i, a) = h * theta[a];
                 }
                 return g;
               }}};
}

}  // namespace

TEST_CASE("the local learning coefficient of a bowl in d dimensions is d/2", "[unit]") {
  constexpr std::size_t d = 40, samples = 50;
  const double h = 1000, weight = samples / std::log(double{samples}), stiffness = weight * h + 100;
  const LocalSample found =
      local_sample(bowl(samples, d, h), bowl(2, d, h), std::vector<double>(d, 0.0), h, 3);
  // Each direction has the variance 1/(A(1 − εA/4)), εA = 1 (rdm/samplers/sgld.hpp).
  const double expected = d / 2.0 * (weight * h / stiffness) / (1 - 0.25);
  // 200 draws of Σ of 40 squares, of which every other is new: a standard error of √(2/40/100) at most.
  CHECK(std::abs(found.llc - expected) <= 5 * expected * std::sqrt(2.0 / d / 100));
  CHECK(std::abs(found.llc - d / 2.0) <= 0.5 * d / 2.0);
  // Two probes with one loss: C has the eigenvalues 2·Var ℓ and 0, so SHC = (Var ℓ)².
  const double variance = d / 2.0 * std::pow(h / stiffness / 0.75, 2);
  CHECK(found.kernel_shc == Approx(variance * variance).epsilon(0.6));
}

TEST_CASE("a flat direction has no local learning coefficient, and a chain that diverges none to tell",
          "[unit]") {
  const std::vector<double> origin(5, 0.0);
  CHECK(std::abs(local_sample(bowl(10, 5, 0), bowl(2, 5, 0), origin, 0, 1).llc) <= 1e-12);
  const LocalSample lost = local_sample(bowl(10, 5, 1e6), bowl(2, 5, 1e6), origin, 0, 1);
  CHECK(std::isnan(lost.llc));
  CHECK(std::isnan(lost.kernel_shc));
}
