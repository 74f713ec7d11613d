/// Losses, one number a sample.

#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

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
