#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "engine/gradient/gradient.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;
using lesson::adapted;

namespace {

double largest(const Tensor<double>& tensor) {
  double found = 0;
  for (const double value : tensor.flat()) {
    if (!(std::abs(value) <= found)) found = std::abs(value);  // NaN counts as larger
  }
  return found;
}

}  // namespace

TEST_CASE("a low-rank adapter", "[unit][lesson]") {
  Rng rng(11, "adapter");
  Tape<double> tape;
  const Var<double> x = normal_tensor<double>(Shape{5, 4}, rng), w = normal_tensor<double>(Shape{3, 4}, rng);
  const Var<double> a = tape.variable(normal_tensor<double>(Shape{2, 4}, rng));

  SECTION("acts as the matrix W + scale BA") {
    const Var<double> b = tape.variable(normal_tensor<double>(Shape{3, 2}, rng));
    const Var<double> wanted = matmul_nt(x, w + 0.7 * matmul(b, a));
    CHECK(largest((adapted(x, w, a, b, 0.7) - wanted).value()) < 1e-12);
  }
  SECTION("starts as W, since B = 0; and there only B has a gradient") {
    const Var<double> b = tape.variable(Tensor<double>(Shape{3, 2}, 0.0));
    const Var<double> y = adapted(x, w, a, b, 0.7);
    CHECK(largest((y - matmul_nt(x, w)).value()) < 1e-12);
    REQUIRE(y.tracked());
    const auto gradients = gradient(sum(square(y)), {a, b});
    CHECK(largest(gradients[0].value()) == 0);
    CHECK(largest(gradients[1].value()) > 0.1);
  }
}
