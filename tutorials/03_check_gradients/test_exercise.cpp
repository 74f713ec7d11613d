#include <catch2/catch.hpp>

#include LESSON_HEADER
#include "engine/ops/ops.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;
using lesson::Function;
using lesson::gradient_agrees;

namespace {

/// ∇f(x)·c as a function of x: its gradient is a second derivative of f.
Function derivative(const Function& f, const Tensor<double>& c) {
  return [f, c](const Var<double>& x) {
    return inner<double>(gradient(f(x), {x}, {.create_graph = true}), {Var<double>(c)});
  };
}

}  // namespace

TEST_CASE("a gradient checker", "[unit][lesson]") {
  Rng rng(3, "test");
  const Tensor<double> at = normal_tensor<double>(Shape{3, 4}, rng);
  const Tensor<double> direction = normal_tensor<double>(Shape{3, 4}, rng);
  const Tensor<double> c = normal_tensor<double>(Shape{3, 4}, rng);

  const Function smooth = [](const Var<double>& x) { return sum(exp(tanh(x)) * x); };
  const Function squares = [](const Var<double>& x) { return sum(square(x)); };
  const Function forgetful = [](const Var<double>& x) { return sum(x * x.detach()); };
  const Function slightly_wrong = [](const Var<double>& x) { return sum(x) + 1e-4 * sum(x.detach()); };
  const Function undefined = [](const Var<double>& x) { return sum(log(x * 0.0 - 1.0)); };

  SECTION("a right gradient is not accused") {
    CHECK(gradient_agrees(smooth, at, direction));
  }
  SECTION("nor one that is zero") {
    const Tensor<double> zero(Shape{3, 4}, 0.0);
    CHECK(gradient_agrees(squares, zero, direction));
  }
  SECTION("half a gradient is found") {
    CHECK_FALSE(gradient_agrees(forgetful, at, direction));
  }
  SECTION("so is one that is wrong in the fourth digit") {
    CHECK_FALSE(gradient_agrees(slightly_wrong, at, direction));
  }
  SECTION("NaN is never right") {
    CHECK_FALSE(gradient_agrees(undefined, at, direction));
  }
  SECTION("second derivatives are first derivatives of gradients") {
    CHECK(gradient_agrees(derivative(smooth, c), at, direction));
  }
}
