#include "tests/engine/gradient/gradients.hpp"

#include <new>

#include "engine/gradient/derivatives.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

TEST_CASE("a reused variable collects every path", "[unit]") {
  Tape<double> tape;
  const V a = tape.variable(Tensor<double>::scalar(3));
  const V b = a + a, c = b + b;
  CHECK(gradient(c, {a})[0].item() == 4);
  const V d = b * b;  // 4a²
  CHECK(gradient(d, {a, b})[0].item() == 24);
  CHECK(gradient(d, {a, b})[1].item() == 12);
  CHECK(gradient(c, {c})[0].item() == 1);
}

TEST_CASE("cotangents that share a buffer are not written over", "[unit]") {
  // add passes one cotangent to both operands; x then receives a second contribution.
  Tape<double> tape;
  const V x = tape.variable(random({3})), y = tape.variable(random({3}, 2));
  const V z = sum((x + y) + 2.0 * x);
  const std::vector<V> g = gradient(z, {x, y});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(g[0].value()(i) == 3);
    CHECK(g[1].value()(i) == 1);
  }
}

TEST_CASE("what the output does not depend on has gradient zero", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({2})), unused = tape.variable(random({3}));
  const V y = sum(square(x));
  const V later = tape.variable(random({4}));
  const std::vector<V> g = gradient(y, {unused, later, x});
  CHECK(g[0].shape() == Shape{3});
  CHECK(sum(square(g[0])).item() == 0);
  CHECK(g[1].shape() == Shape{4});
  CHECK(sum(square(g[2])).item() == Approx(4 * y.item()));
}

TEST_CASE("a cotangent turns any output into a vector-Jacobian product", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({3})), y = square(x);
  const Tensor<double> c = random({3}, 2);
  const Tensor<double> g = gradient(y, {x}, {.cotangent = V(c)})[0].value();
  for (std::size_t i = 0; i < 3; ++i) CHECK(g(i) == Approx(2 * c(i) * x.value()(i)));
}

TEST_CASE("nothing is recorded under NoGrad, on constants, or by a plain backward pass", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({3}));
  {
    const NoGrad guard;
    CHECK_FALSE(exp(x).tracked());
  }
  CHECK(recording());
  CHECK_FALSE(exp(x.detach()).tracked());
  CHECK(tape.size() == 1);
  const V y = sum(exp(tanh(x)));
  const std::size_t before = tape.size();
  CHECK_FALSE(gradient(y, {x})[0].tracked());
  CHECK(tape.size() == before);
  CHECK(gradient(y, {x}, {.create_graph = true})[0].tracked());
  CHECK(tape.size() > before);
}

TEST_CASE("gradients of gradients go on for ever", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(Tensor<double>::scalar(0.7));
  V derivative = exp(2.0 * x);
  for (int order = 1; order <= 5; ++order) {
    derivative = gradient(derivative, {x}, {.create_graph = true})[0];
    CHECK(derivative.item() == Approx(std::pow(2, order) * std::exp(1.4)));
  }
}

TEST_CASE("the tape lists what happened", "[unit]") {
  Tape<double> tape;
  const V w = tape.variable(random({2, 3}), "w");
  const V y = matmul(V(random({4, 2})), w);
  REQUIRE(tape.size() == 2);
  CHECK(std::string(tape.op(0)) == "leaf");
  CHECK(tape.name(0) == "w");
  CHECK(tape.name(1).empty());
  CHECK(std::string(tape.op(1)) == "matmul");
  CHECK(tape.shape(1) == Shape{4, 3});
  REQUIRE(tape.inputs(1).size() == 2);
  CHECK(tape.inputs(1)[0] == Tape<double>::constant);
  CHECK(tape.inputs(1)[1] == w.id());
}

TEST_CASE("clearing and rewinding free the tape and betray stale handles", "[unit]") {
  Tape<double> tape, other;
  const V x = tape.variable(random({2}));
  const std::size_t mark = tape.size();
  const V y = sum(square(x));
  tape.rewind(mark);
  CHECK(tape.size() == 1);
  CHECK_THROWS_WITH(exp(y), "[exp] an input was recorded before the tape was cleared or rewound");
  CHECK(sum(square(x)).tracked());
  CHECK_THROWS_WITH(exp(y), Catch::Contains("cleared or rewound"));  // though the place is taken again
  tape.clear();
  CHECK(tape.size() == 0);
  CHECK_THROWS_AS(exp(x), Error);
  const V a = tape.variable(random({2})), b = other.variable(random({2}));
  CHECK_THROWS_WITH(a + b, "[add] inputs are on different tapes");
}

TEST_CASE("an op that fails leaves the tape as it was", "[unit]") {
  Tape<double> tape, other;
  const V p = tape.variable(random({3})), foreign = other.variable(random({3}));
  const std::size_t mark = tape.size();
  const V stale = exp(p);
  tape.rewind(mark);
  CHECK_THROWS_AS(p + stale, Error);  // its first input is fine
  CHECK_THROWS_AS(p * foreign, Error);
  CHECK_THROWS_AS(concat<double>({p, p, stale}, 0), Error);
  CHECK_THROWS_AS(p + random({2}), ShapeError);
  CHECK(tape.size() == mark);
  CHECK(tape.inputs(p.id()).empty());
  const V y = square(p);
  REQUIRE(tape.inputs(y.id()).size() == 1);
  CHECK(tape.inputs(y.id())[0] == p.id());
  CHECK(relative_error(gradient(sum(y), {p})[0].value(), (2.0 * p).value()) <= 1e-15);
}

TEST_CASE("an op whose vector-Jacobian product cannot be stored leaves the tape as it was", "[unit]") {
  struct Unstorable {
    Unstorable() = default;
    Unstorable(const Unstorable&) { throw std::bad_alloc(); }
    Unstorable(Unstorable&&) noexcept(false) { throw std::bad_alloc(); }
    V operator()(const V& g) const { return g; }
  };
  Tape<double> tape;
  const V p = tape.variable(random({3}));
  CHECK_THROWS_AS(record("op", p.value(), Wrt<double, Unstorable>{p, Unstorable(), {}}), std::bad_alloc);
  CHECK(tape.size() == 1);
  CHECK(tape.inputs(p.id()).empty());
}

TEST_CASE("gradient explains what it cannot do", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(random({3}));
  CHECK_THROWS_WITH(
      gradient(square(x), {x}),
      "[gradient] the output has shape (3): reduce it with sum or mean, or give a cotangent of that shape");
  CHECK_THROWS_WITH(gradient(square(x), {x}, {.cotangent = V(random({2}))}),
                    "[gradient] the cotangent's shape (2) is not the output's shape (3)");
  CHECK_THROWS_WITH(gradient(V(random({})), {x}), Catch::Contains("the output is a constant"));
  CHECK_THROWS_WITH(gradient(sum(x), {x.detach()}), Catch::Contains("an input is a constant"));
}

TEST_CASE("a graph of a million nodes is differentiated and destroyed without recursion", "[unit]") {
  Tape<double> tape;
  const V x = tape.variable(Tensor<double>::scalar(1));
  V y = x;
  for (int i = 0; i < 1'000'000; ++i) y = shift(y, 1e-6);
  CHECK(tape.size() == 1'000'001);
  CHECK(gradient(y, {x})[0].item() == 1);
  tape.clear();
  CHECK(tape.size() == 0);
}

TEST_CASE("the gradient checker finds mistakes and never passes on NaN", "[unit]") {
  const Differentiable wrong = [](const std::vector<V>& x) { return exp(x[0]) * x[0].detach(); };
  CHECK_FALSE(gradcheck(wrong, {random({3})}).within(1e-3));
  const Differentiable undefined = [](const std::vector<V>& x) { return log(x[0]); };
  CHECK_FALSE(gradcheck(undefined, {Tensor<double>(Shape{2}, -1.0)}).within(1e300));
  const Differentiable right = [](const std::vector<V>& x) { return tanh(x[0] * x[0]); };
  const GradcheckReport report = gradcheck(right, {random({3})}, {.order = 3});
  INFO(to_string(report));
  CHECK(report.within(1e-7));
}

TEST_CASE("a check that would compare nothing is refused", "[unit]") {
  const Differentiable f = [](const std::vector<V>& x) { return exp(x[0]); };
  const Differentiable none = [](const std::vector<V>& x) { return slice(x[0], 0, 0, 0); };
  const std::vector<Tensor<double>> at{random({3})};
  CHECK_THROWS_WITH(gradcheck(f, {}), "[gradcheck] needs an input to differentiate by");
  CHECK_THROWS_WITH(gradcheck(f, {random({0})}), Catch::Contains("no elements"));
  CHECK_THROWS_WITH(gradcheck(none, at), "[gradcheck] the function's output has no elements");
  CHECK_THROWS_WITH(gradcheck(f, at, {.directions = 0}), "[gradcheck] needs at least one direction");
  CHECK_THROWS_WITH(gradcheck(f, at, {.order = 0}), "[gradcheck] the order must be at least 1");
  CHECK_THROWS_WITH(gradcheck(f, at, {.step = 0}), "[gradcheck] the step must be positive and finite");
  CHECK_THROWS_AS(gradcheck(f, at, {.step = NAN}), Error);
  CHECK_THROWS_AS(gradcheck(f, at, {.floor = HUGE_VAL}), Error);
  Tape<double> tape;
  Rng rng(1, "test");
  const V x = tape.variable(random({3}));
  CHECK_THROWS_WITH(hessian_trace(sum(square(x)), {x}, 0, rng), "[hessian_trace] needs at least one draw");
  CHECK_THROWS_AS(hessian_trace_gradient(sum(square(x)), {x}, 0, rng), Error);
}
