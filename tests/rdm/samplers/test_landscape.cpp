/// Derivatives of the engine's models against differences, and the change of coordinates.

#include <catch2/catch.hpp>

#include "engine/tensor/error.hpp"
#include "rdm/proposition/distances.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

Tensor<double> direction(std::size_t p, std::uint64_t seed) {
  Rng rng(seed, "direction");
  return normal_tensor<double>(Shape{p}, rng);
}

/// The same losses and gradients, everything else by differences.
FunctionLandscape by_differences(const LossLandscape& of) {
  return {of.probes(),
          of.parameters(),
          {.losses = [&of](ParameterVector theta, std::span<double> losses) { of.losses(theta, losses); },
           .jacobian = [&of](ParameterVector theta) { return of.jacobian(theta); }}};
}

/// G by central differences of the losses.
Tensor<double> jacobian_by_differences(const LossLandscape& of, const Tensor<double>& theta) {
  const std::size_t n = of.probes(), p = of.parameters();
  Tensor<double> g(Shape{n, p}), moved = theta.clone();
  std::vector<double> above(n), below(n);
  const double h = 1e-5;
  for (std::size_t a = 0; a < p; ++a) {
    moved(a) = theta(a) + h;
    of.losses(moved.flat(), above);
    moved(a) = theta(a) - h;
    of.losses(moved.flat(), below);
    moved(a) = theta(a);
    for (std::size_t i = 0; i < n; ++i) g(i, a) = (above[i] - below[i]) / (2 * h);
  }
  return g;
}

}  // namespace

TEST_CASE("a model's derivatives of first, second and third order agree with differences", "[unit]") {
  for (const ModelCase& model : {tanh_network(), attention_model()}) {
    const LossLandscape& landscape = *model.landscape;
    const FunctionLandscape differences = by_differences(landscape);
    const ParameterVector theta = model.theta.flat();
    const Tensor<double> g = landscape.jacobian(theta), v = direction(landscape.parameters(), 1);
    CHECK(relative_error(g, jacobian_by_differences(landscape, model.theta)) <= 1e-8);
    CHECK(relative_error(landscape.gram(theta), differences.gram(theta)) <= 1e-12);
    CHECK(relative_error(landscape.mean_gradient(theta), differences.mean_gradient(theta)) <= 1e-12);

    const Tensor<double> products = landscape.hessian_products(theta, v.flat());
    CHECK(relative_error(products, differences.hessian_products(theta, v.flat())) <= 1e-8);
    for (std::size_t i = 0; i < landscape.probes(); ++i) {
      const Tensor<double> row = products.subspan(i * landscape.parameters(), Shape{landscape.parameters()});
      CHECK(relative_error(landscape.hessian_product(theta, v.flat(), i), row) <= 1e-12);
    }
    CHECK(relative_error(landscape.third_products(theta, v.flat()),
                         differences.third_products(theta, v.flat())) <= 1e-4);
  }
}

TEST_CASE("a minibatch's gradient is the mean of its probes' gradients", "[unit]") {
  const std::vector<std::size_t> few{4, 1};
  for (const ModelCase& model : {tanh_network(), attention_model()}) {
    const LossLandscape& landscape = *model.landscape;
    const Tensor<double> g = landscape.jacobian(model.theta.flat());
    Tensor<double> mean(Shape{landscape.parameters()});
    for (std::size_t a = 0; a < mean.size(); ++a) mean(a) = (g(4, a) + g(1, a)) / 2;
    CHECK(relative_error(landscape.mean_gradient(model.theta.flat(), few), mean) <= 1e-12);
    CHECK(relative_error(by_differences(landscape).mean_gradient(model.theta.flat(), few), mean) <= 1e-12);
  }
}

TEST_CASE("a landscape in float32 is the one in float64 to seven digits", "[unit]") {
  Rng rng(4, "network");
  Parameters<float> parameters;
  const nn::Transformer model(parameters, {.vocabulary = 5, .positions = 6, .width = 8, .heads = 2}, rng);
  Indices tokens(Shape{3, 6});
  for (auto& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(5));
  const auto losses = [=]<class T>(const Leaves<T>& theta) {
    return mean(cross_entropy(model(theta, tokens), tokens), 1);
  };
  const ModelLandscape narrow(parameters, 3, [=](const Leaves<float>& theta) { return losses(theta); });
  const ModelLandscape wide(in_double(parameters), 3,
                            [=](const Leaves<double>& theta) { return losses(theta); });
  const Tensor<double> theta = cast<double>(parameters.flat());
  Tensor<double> of_narrow(Shape{3}), of_wide(Shape{3});
  narrow.losses(theta.flat(), of_narrow.flat());
  wide.losses(theta.flat(), of_wide.flat());
  CHECK(relative_error(of_narrow, of_wide) <= 1e-6);
  CHECK(relative_error(narrow.jacobian(theta.flat()), wide.jacobian(theta.flat())) <= 1e-5);
  CHECK(narrow.work() == wide.work());
  CHECK(narrow.work() > 3.0 * static_cast<double>(parameters.size()));
}

TEST_CASE("rescaled coordinates carry every derivative", "[unit]") {
  const ModelCase model = tanh_network();
  const std::size_t p = model.landscape->parameters();
  Tensor<double> scale = direction(p, 2);
  for (double& s : scale.flat()) s = 0.5 + s * s;
  const RescaledLandscape rescaled(*model.landscape, scale);
  const Tensor<double> phi = rescaled.from_inner_coordinates(model.theta.flat()), v = direction(p, 3);
  CHECK(relative_error(rescaled.to_inner_coordinates(phi.flat()), model.theta) <= 1e-15);

  const FunctionLandscape differences = by_differences(rescaled);
  CHECK(relative_error(rescaled.jacobian(phi.flat()), jacobian_by_differences(rescaled, phi)) <= 1e-8);
  CHECK(relative_error(rescaled.hessian_products(phi.flat(), v.flat()),
                       differences.hessian_products(phi.flat(), v.flat())) <= 1e-8);
  CHECK(relative_error(rescaled.third_products(phi.flat(), v.flat()),
                       differences.third_products(phi.flat(), v.flat())) <= 1e-4);
}

TEST_CASE("landscapes refuse vectors that do not fit and scales that are not positive", "[unit]") {
  const ModelCase model = tanh_network();
  CHECK_THROWS_AS(model.landscape->jacobian(direction(3, 1).flat()), ShapeError);
  CHECK_THROWS_AS(model.landscape->hessian_products(model.theta.flat(), direction(3, 1).flat()), ShapeError);
  CHECK_THROWS_AS(RescaledLandscape(*model.landscape, direction(3, 1)), ShapeError);
  CHECK_THROWS_AS(RescaledLandscape(*model.landscape, Tensor<double>(model.theta.shape(), 0.0)), UsageError);
}
