/// Non-linearities, powers and dropout.

#include <limits>

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("pow, normal_cdf and gelu differentiate", "[property]") {
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{3, 17}}) {
    for (double exponent : {-1.5, -0.5, 0.0, 1.0, 2.0, 3.0}) {
      CAPTURE(exponent);
      check_gradients([&](const Vs& x) { return pow(x[0], exponent); }, {uniform(shape, 0.5, 2.0)});
    }
    check_gradients([](const Vs& x) { return normal_cdf(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return gelu(x[0]); }, {random(shape)});
  }
  const Tensor<double> x = random({41});
  const Tensor<double> y = gelu(V(x)).value();
  for (std::size_t i = 0; i < 41; ++i)
    CHECK(y(i) == Approx(x(i) * 0.5 * std::erfc(-x(i) / std::sqrt(2.0))).epsilon(1e-13));
}

TEST_CASE("powers of tensors differentiate in the base and in the exponent", "[property]") {
  check_gradients([](const Vs& v) { return pow(v[0], v[1]); }, {uniform({2, 3}, 0.3, 2), random({3}, 2)});
  // x^0 is 1 for every x, and yet its slope in x has a slope in the exponent: 1/x.
  Tape<double> tape;
  const V base = tape.variable(Tensor<double>::scalar(4)),
          exponent = tape.variable(Tensor<double>::scalar(0));
  const V slope = gradient(pow(base, exponent), {base}, {.create_graph = true})[0];
  CHECK(slope.item() == 0);
  CHECK(gradient(slope, {exponent})[0].item() == 0.25);
}

TEMPLATE_TEST_CASE("sigmoid saturates without NaN and keeps small numbers", "[unit]", float, double) {
  using T = TestType;
  const T top = std::numeric_limits<T>::max();
  Tape<T> tape;
  const Var<T> x = tape.variable(Tensor<T>(Shape{6}, {-top, -1000, -30, 30, 1000, top}));
  const Tensor<T> s = sigmoid(x).value();
  CHECK(s(0) == 0);
  CHECK(s(1) == 0);
  CHECK(static_cast<double>(s(2)) == Approx(std::exp(-30.0)).epsilon(1e-6));
  CHECK(s(4) == 1);
  CHECK(s(5) == 1);
  CHECK(static_cast<double>(sigmoid(Var<T>(Tensor<T>::scalar(0))).item()) == 0.5);
  for (bool recorded : {false, true}) {
    const Tensor<T> g = gradient(sum(sigmoid(x)), {x}, {.create_graph = recorded})[0].value();
    CHECK(static_cast<double>(g(2)) == Approx(std::exp(-30.0)).epsilon(1e-6));
    for (std::size_t i : {0u, 1u, 4u, 5u}) CHECK(g(i) == 0);
    const Tensor<T> h = gradient(sum(silu(x)), {x}, {.create_graph = recorded})[0].value();
    CHECK(h(1) == 0);
    CHECK(h(4) == 1);
  }
}

TEST_CASE("dropout keeps the mean and is undone at rate 0", "[unit]") {
  Rng rng(1, "dropout");
  const V x = Tensor<double>(Shape{100, 100}, 1.0);
  CHECK(mean(dropout(x, 0.3, rng)).item() == Approx(1.0).margin(4 * std::sqrt(0.3 / 0.7) / 100));
  CHECK(sum(dropout(x, 0.0, rng)).item() == 10000);
  CHECK_THROWS_AS(dropout(x, 1.0, rng), Error);
}
