#include <catch2/catch.hpp>

#include LESSON_HEADER
#include "engine/tensor/random.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;
using lesson::quadratic_covariance;

namespace {

constexpr std::size_t probes = 3, parameters = 4;

struct Quadratic {
  Tensor<double> gradients;
  std::vector<Tensor<double>> hessians;

  Quadratic() {
    Rng rng(7, "quadratic");
    gradients = normal_tensor<double>(Shape{probes, parameters}, rng);
    for (std::size_t i = 0; i < probes; ++i) {
      hessians.push_back(normal_tensor<double>(Shape{parameters, parameters}, rng));
      for (std::size_t a = 0; a < parameters; ++a) {
        for (std::size_t b = 0; b < a; ++b) hessians[i](a, b) = hessians[i](b, a);
      }
    }
  }

  double loss(std::size_t i, ParameterVector x) const {
    double value = 0;
    for (std::size_t a = 0; a < parameters; ++a) {
      value += gradients(i, a) * x[a];
      for (std::size_t b = 0; b < parameters; ++b) value += 0.5 * x[a] * hessians[i](a, b) * x[b];
    }
    return value;
  }
};

}  // namespace

TEST_CASE("the covariance of quadratic losses", "[unit][lesson]") {
  SECTION("one parameter: 3x + 2x² at sigma = 1/2") {
    const Tensor<double> c =
        quadratic_covariance(Tensor<double>(Shape{1, 1}, 3.0), {Tensor<double>(Shape{1, 1}, 4.0)}, 0.5);
    CHECK(c.item() == Approx(0.25 * 9 + 0.5 * 0.0625 * 16));
  }
  SECTION("against 200 000 draws, where the second order matters") {
    const Quadratic losses;
    const FunctionLandscape landscape(probes, parameters,
                                      {.losses =
                                           [&](ParameterVector x, std::span<double> out) {
                                             for (std::size_t i = 0; i < probes; ++i)
                                               out[i] = losses.loss(i, x);
                                           },
                                       .jacobian = [&](ParameterVector) { return losses.gradients; }});
    const std::vector<double> origin(parameters, 0.0);
    const Tensor<double> drawn =
        covariance(gaussian_losses(landscape, origin, {.sigma = 1.0, .draws = 200000}), Divisor::sample);
    CHECK(relative_error(quadratic_covariance(losses.gradients, losses.hessians, 1.0), drawn) <= 0.03);
  }
}
