/// Arithmetic and functions element by element: derivatives under every broadcast, values beside the standard
/// library's.

#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("binary arithmetic differentiates under every broadcast", "[property]") {
  const std::vector<std::pair<Shape, Shape>> pairs{{{}, {}},
                                                   {{3}, {3}},
                                                   {{3}, {}},
                                                   {{}, {3}},
                                                   {{2, 3}, {3}},
                                                   {{3}, {2, 3}},
                                                   {{2, 3}, {2, 1}},
                                                   {{2, 1}, {1, 3}},
                                                   {{4, 2, 3}, {2, 3}},
                                                   {{4, 2, 3}, {4, 1, 3}},
                                                   {{4, 1, 3}, {2, 1}},
                                                   {{1, 1}, {2, 3}},
                                                   {{2, 3, 1, 2}, {1, 3, 4, 1}},
                                                   {{17, 19}, {17, 19}},
                                                   {{5, 33}, {33}}};
  for (const auto& [sa, sb] : pairs) {
    CAPTURE(to_string(sa), to_string(sb));
    const Tensor<double> a = random(sa, 1), b = random(sb, 2), divisor = uniform(sb, 0.5, 2.0);
    check_gradients([](const Vs& x) { return x[0] + x[1]; }, {a, b});
    check_gradients([](const Vs& x) { return x[0] - x[1]; }, {a, b});
    check_gradients([](const Vs& x) { return x[0] * x[1]; }, {a, b});
    check_gradients([](const Vs& x) { return x[0] / x[1]; }, {a, divisor});
  }
}

TEST_CASE("broadcast values follow the right-aligned rule", "[unit]") {
  const Tensor<double> a(Shape{2, 1, 3}, {1, 2, 3, 4, 5, 6}), b(Shape{2, 1}, {10, 20});
  const Tensor<double> sum = (V(a) + b).value();
  REQUIRE(sum.shape() == Shape{2, 2, 3});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) CHECK(sum(i, j, k) == a(i, 0, k) + b(j, 0));
    }
  }
}

TEST_CASE("functions of one tensor differentiate", "[property]") {
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{7}, Shape{2, 3}, Shape{3, 17}, Shape{2, 3, 4}}) {
    CAPTURE(to_string(shape));
    const Tensor<double> any = random(shape), positive = uniform(shape, 0.3, 2.0);
    check_gradients([](const Vs& x) { return -x[0]; }, {any});
    check_gradients([](const Vs& x) { return 3.0 * x[0] / 2.0 + 1.0 - 0.5; }, {any});
    check_gradients([](const Vs& x) { return square(x[0]); }, {any});
    check_gradients([](const Vs& x) { return exp(x[0]); }, {any});
    check_gradients([](const Vs& x) { return log(x[0]); }, {positive});
    check_gradients([](const Vs& x) { return sqrt(x[0]); }, {positive});
    check_gradients([](const Vs& x) { return tanh(x[0]); }, {any});
    check_gradients([](const Vs& x) { return sigmoid(x[0]); }, {any});
    check_gradients([](const Vs& x) { return silu(x[0]); }, {any});
    check_gradients([](const Vs& x) { return sin(x[0]); }, {any});
    check_gradients([](const Vs& x) { return cos(x[0]); }, {any});
    check_gradients([](const Vs& x) { return square(abs(x[0])); }, {away_from_zero(shape)});
    check_gradients([](const Vs& x) { return square(relu(x[0])); }, {away_from_zero(shape)});
  }
}

TEST_CASE("functions of one tensor have the standard library's values", "[unit]") {
  const Tensor<double> x = random({41}), positive = uniform({41}, 1e-3, 50.0);
  const auto same = [](const Tensor<double>& got, const Tensor<double>& at, double (*f)(double)) {
    for (std::size_t i = 0; i < at.size(); ++i) CHECK(got(i) == Approx(f(at(i))).epsilon(1e-14));
  };
  same(exp(V(x)).value(), x, [](double v) { return std::exp(v); });
  same(log(V(positive)).value(), positive, [](double v) { return std::log(v); });
  same(sqrt(V(positive)).value(), positive, [](double v) { return std::sqrt(v); });
  same(tanh(V(x)).value(), x, [](double v) { return std::tanh(v); });
  same(relu(V(x)).value(), x, [](double v) { return std::max(v, 0.0); });
  same(sigmoid(V(x)).value(), x, [](double v) { return 1 / (1 + std::exp(-v)); });
  same(silu(V(x)).value(), x, [](double v) { return v / (1 + std::exp(-v)); });
  same(sin(V(x)).value(), x, [](double v) { return std::sin(v); });
  same(cos(V(x)).value(), x, [](double v) { return std::cos(v); });
  same(abs(V(x)).value(), x, [](double v) { return std::abs(v); });
  const Tensor<double> edges(Shape{4}, {800.0, -800.0, 0.0, -0.0});
  CHECK(std::isinf(exp(V(edges)).value()(0)));
  CHECK(exp(V(edges)).value()(1) == 0.0);
  CHECK(tanh(V(edges)).value()(0) == 1.0);
  CHECK(std::isinf(log(V(edges)).value()(2)));
  CHECK(std::isnan(exp(V(Tensor<double>(Shape{1}, NAN))).value()(0)));
}
