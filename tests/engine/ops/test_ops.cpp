/// Every op's first and second derivatives against differences, over shapes, axes and broadcasts; values
/// against arithmetic written out by hand.

#include <limits>

#include "engine/tensor/error.hpp"
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

TEST_CASE("products differentiate, batched, shared and transposed", "[property]") {
  struct Case {
    Shape a, b, a_transposed, b_transposed;
  };
  const std::vector<Case> cases{
      {{2, 3}, {3, 4}, {3, 2}, {4, 3}},
      {{1, 1}, {1, 1}, {1, 1}, {1, 1}},
      {{5, 1}, {1, 2}, {1, 5}, {2, 1}},
      {{2, 3, 4}, {4, 5}, {2, 4, 3}, {5, 4}},
      {{3, 4}, {2, 4, 5}, {4, 3}, {2, 5, 4}},
      {{2, 3, 4}, {2, 4, 5}, {2, 4, 3}, {2, 5, 4}},
      {{2, 2, 3, 4}, {2, 2, 4, 1}, {2, 2, 4, 3}, {2, 2, 1, 4}},
      {{2, 2, 3, 4}, {4, 2}, {2, 2, 4, 3}, {2, 4}},
  };
  for (const Case& c : cases) {
    CAPTURE(to_string(c.a), to_string(c.b));
    check_gradients([](const Vs& x) { return matmul(x[0], x[1]); }, {random(c.a), random(c.b, 2)});
    check_gradients([](const Vs& x) { return matmul_tn(x[0], x[1]); },
                    {random(c.a_transposed), random(c.b, 2)});
    check_gradients([](const Vs& x) { return matmul_nt(x[0], x[1]); },
                    {random(c.a), random(c.b_transposed, 2)});

    const V a = random(c.a), b = random(c.b, 2);
    const Tensor<double> product = matmul(a, b).value();
    CHECK(relative_error(matmul_tn(transpose(a), b).value(), product) <= 1e-14);
    CHECK(relative_error(matmul_nt(a, transpose(b)).value(), product) <= 1e-14);
  }
}

TEST_CASE("linear maps with a bias differentiate", "[property]") {
  for (const Shape& shape : {Shape{1, 4}, Shape{5, 4}, Shape{2, 3, 4}}) {
    const Tensor<double> x = random(shape), w = random({6, 4}, 2), b = random({6}, 3);
    check_gradients([](const Vs& v) { return linear(v[0], v[1], v[2]); }, {x, w, b});
    CHECK(relative_error(linear(V(x), w, b).value(), (matmul_nt(V(x), w) + b).value()) <= 1e-14);
  }
  CHECK_THROWS_WITH(linear(V(random({5, 3})), random({6, 4}), random({6})),
                    "[linear] needs x (...,F), w (G,F) and bias (G), got (5,3), (6,4) and (6)");
}

TEST_CASE("a product is the sum over the inner dimension", "[unit]") {
  const Tensor<double> a = random({2, 3, 4}), b = random({4, 5}, 2);
  const Tensor<double> c = matmul(V(a), b).value();
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 5; ++k) {
        double expected = 0;
        for (std::size_t m = 0; m < 4; ++m) expected += a(i, j, m) * b(m, k);
        CHECK(c(i, j, k) == Approx(expected).margin(1e-14));
      }
    }
  }
}

TEST_CASE("sums and means differentiate over all axes", "[property]") {
  const Tensor<double> x = random({2, 3, 4});
  check_gradients([](const Vs& v) { return square(sum(v[0])); }, {x});
  check_gradients([](const Vs& v) { return square(mean(v[0])); }, {x});
  const std::vector<Axes> subsets{{0}, {1}, {2}, {-1}, {0, 1}, {0, 2}, {1, 2}, {-1, 0}, {0, 1, 2}};
  for (const Axes& axes : subsets) {
    for (bool keepdims : {false, true}) {
      check_gradients([&](const Vs& v) { return square(sum(v[0], axes, keepdims)); }, {x});
      check_gradients([&](const Vs& v) { return square(mean(v[0], axes, keepdims)); }, {x});
    }
  }
}

TEST_CASE("sums over axes have the right shapes and numbers", "[unit]") {
  const Tensor<double> x(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(sum(V(x)).item() == 21);
  CHECK(mean(V(x)).item() == 3.5);
  const Tensor<double> rows = sum(V(x), -1).value(), columns = mean(V(x), 0, true).value();
  REQUIRE(rows.shape() == Shape{2});
  CHECK(rows(0) == 6);
  CHECK(rows(1) == 15);
  REQUIRE(columns.shape() == Shape{1, 3});
  CHECK(columns(0, 2) == 4.5);
  // A float accumulator would stop at 2^24.
  CHECK(mean(Var<float>(Tensor<float>(Shape{20'000'000}, 1.0f))).item() == 1.0f);
}

TEST_CASE("reshape, permute, transpose and expand differentiate", "[property]") {
  const Tensor<double> x = random({2, 3, 4});
  check_gradients([](const Vs& v) { return square(reshape(v[0], {6, 4})); }, {x});
  check_gradients([](const Vs& v) { return square(permute(v[0], {2, 0, 1})); }, {x});
  check_gradients([](const Vs& v) { return square(permute(v[0], {-1, 1, 0})); }, {x});
  check_gradients([](const Vs& v) { return square(transpose(v[0])); }, {x});
  check_gradients([](const Vs& v) { return square(expand(v[0], {5, 2, 3, 4})); }, {x});
  check_gradients([](const Vs& v) { return square(expand(v[0], {2, 4, 3})); }, {random({2, 1, 1})});
  const Tensor<double> moved = permute(V(x), {2, 0, 1}).value();
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) CHECK(moved(i, j, k) == x(j, k, i));
    }
  }
}

TEST_CASE("softmax and its relatives differentiate and do not overflow", "[property]") {
  for (const Shape& shape : {Shape{1}, Shape{5}, Shape{2, 3}, Shape{2, 3, 17}}) {
    CAPTURE(to_string(shape));
    check_gradients([](const Vs& x) { return softmax(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return log_softmax(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return logsumexp(x[0]); }, {random(shape)});
  }
  const V huge = Tensor<double>(Shape{1, 3}, {1000, 1001, 999});
  const V shifted = Tensor<double>(Shape{1, 3}, {0, 1, -1});
  CHECK(relative_error(softmax(huge).value(), softmax(shifted).value()) <= 1e-15);
  CHECK(logsumexp(huge).item() == Approx(1000 + logsumexp(shifted).item()));
  CHECK(sum(softmax(huge)).item() == Approx(1.0));
}

TEST_CASE("losses are unreduced and differentiate", "[property]") {
  check_gradients([](const Vs& x) { return squared_error(x[0], x[1]); }, {random({4, 3}), random({4, 3}, 2)});
  check_gradients([](const Vs& x) { return squared_error(x[0], x[1]); },
                  {random({2, 3, 2}), random({2, 3, 2}, 2)});
  const Labels classes(Shape{4}, {2, 0, 1, 2}), tokens(Shape{2, 3}, {0, 4, 2, 1, 1, 3});
  check_gradients([&](const Vs& x) { return cross_entropy(x[0], classes); }, {random({4, 3})});
  check_gradients([&](const Vs& x) { return cross_entropy(x[0], tokens); }, {random({2, 3, 5})});

  const Tensor<double> y(Shape{2, 2}, {1, 2, 3, 4}), t(Shape{2, 2}, {1, 0, 0, 0});
  const Tensor<double> loss = squared_error(V(y), t).value();
  REQUIRE(loss.shape() == Shape{2});
  CHECK(loss(0) == 2.0);
  CHECK(loss(1) == 12.5);
  const Tensor<double> uniform_loss = cross_entropy(V(Tensor<double>(Shape{4, 3}, 7.0)), classes).value();
  for (std::size_t b = 0; b < 4; ++b) CHECK(uniform_loss(b) == Approx(std::log(3.0)));
}

TEST_CASE("shape errors name the op, the shapes and the rule", "[unit]") {
  const V a = random({2, 3}), b = random({4, 5}), scalar = random({});
  const Labels labels(Shape{2}, {0, 3});
  CHECK_THROWS_WITH(matmul(a, b), "[matmul] inner dimensions differ: (2,3) x (4,5), 3 != 4");
  CHECK_THROWS_WITH(matmul_nt(a, b), "[matmul_nt] inner dimensions differ: (2,3) x (4,5), 3 != 5");
  CHECK_THROWS_WITH(matmul(a, scalar), "[matmul] operands need at least two axes: (2,3) x ()");
  CHECK_THROWS_WITH(matmul(V(random({2, 3, 4})), random({3, 4, 5})),
                    "[matmul] leading axes differ: (2,3,4) x (3,4,5), (2) != (3)");
  CHECK_THROWS_WITH(
      add(a, b),
      "[add] shapes do not broadcast: (2,3) and (4,5): aligned from the right, extents must be equal "
      "or 1, but 2 != 4");
  CHECK_THROWS_WITH(sum(a, 2), "[sum] axis 2 is outside shape (2,3) of rank 2");
  CHECK_THROWS_WITH(sum(a, {0, -2}), "[sum] axis -2 of shape (2,3) is named twice");
  CHECK_THROWS_WITH(reshape(a, {4}), "[reshape] (2,3) -> (4): sizes differ, 6 != 4");
  CHECK_THROWS_WITH(permute(a, {0, 0}), "[permute] the order must name every axis of shape (2,3) once");
  CHECK_THROWS_WITH(expand(a, {3, 3}), Catch::Contains("[expand]") && Catch::Contains("(2,3)"));
  CHECK_THROWS_WITH(transpose(scalar), "[transpose] needs at least two axes, shape is ()");
  CHECK_THROWS_WITH(softmax(scalar), "[softmax] needs at least one axis, shape is ()");
  CHECK_THROWS_WITH(squared_error(a, b),
                    "[squared_error] outputs and targets must have one shape (B,...): (2,3) and (4,5)");
  CHECK_THROWS_WITH(
      cross_entropy(b, labels),
      "[cross_entropy] labels must have the logits' shape without its last axis: logits (4,5), labels (2)");
  CHECK_THROWS_WITH(cross_entropy(a, labels),
                    "[cross_entropy] label 3 at position 1 is outside 0..2: logits (2,3), labels (2)");
  CHECK_THROWS_AS(matmul(a, b), ShapeError);
}

TEST_CASE("float and double agree on a small network and its gradients", "[unit]") {
  const Tensor<double> x = random({8, 5}), w1 = random({5, 7}, 2), b1 = random({7}, 3),
                       w2 = random({7, 3}, 4);
  const Labels labels(Shape{8}, {0, 1, 2, 2, 1, 0, 1, 1});
  const auto gradients = [&]<class T>(T) {
    Tape<T> tape;
    const std::vector<Var<T>> p{tape.variable(cast<T>(w1)), tape.variable(cast<T>(b1)),
                                tape.variable(cast<T>(w2))};
    const Var<T> hidden = tanh(matmul(Var<T>(cast<T>(x)), p[0]) + p[1]);
    return gradient(mean(cross_entropy(matmul(hidden, p[2]), labels)), p);
  };
  const auto single = gradients(float{});
  const auto reference = gradients(double{});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(relative_error(single[i].value(), reference[i].value()) <= 1e-5);
  }
}
