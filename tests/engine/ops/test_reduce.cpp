/// Sums, means, running sums and spreads over axes.

#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

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

TEST_CASE("running sums, variances and standard deviations differentiate", "[property]") {
  const Tensor<double> x = random({2, 3, 4});
  for (int axis : {0, 1, 2, -1}) {
    check_gradients([&](const Vs& v) { return square(cumsum(v[0], axis)); }, {x});
  }
  for (const Axes& axes : {Axes{0}, Axes{1, -1}, Axes{2, 0}, Axes{0, 1, 2}}) {
    for (bool keepdims : {false, true}) {
      check_gradients([&](const Vs& v) { return square(variance(v[0], axes, keepdims)); }, {x});
      check_gradients([&](const Vs& v) { return stddev(v[0], axes, keepdims, 0); }, {x});
    }
  }
}

TEST_CASE("running sums and variances have the numbers of their definitions", "[unit]") {
  const Tensor<double> x(Shape{2, 3}, {1, 2, 6, 4, 5, 9});
  const Tensor<double> along = cumsum(V(x), 1).value(), down = cumsum(V(x), 0).value();
  CHECK(along(0, 2) == 9);
  CHECK(along(1, 1) == 9);
  CHECK(down(0, 1) == 2);
  CHECK(down(1, 2) == 15);
  CHECK(variance(V(x), 1).value()(0) == 7);
  CHECK(variance(V(x), 1, true, 0).value()(0, 0) == Approx(14.0 / 3));
  CHECK(stddev(V(x), 1).value()(1) == Approx(std::sqrt(7)));
  CHECK(std::isnan(variance(V(random({3, 1})), 1).value()(0)));
  Tape<double> tape;
  CHECK(cumsum(tracked_batch(tape, x), 1).samples() == Samples::batched);
  CHECK(cumsum(tracked_batch(tape, x), 0).samples() == Samples::mixed);
  CHECK(variance(tracked_batch(tape, x), 1).samples() == Samples::batched);
  CHECK(variance(tracked_batch(tape, x), 0, true).samples() == Samples::mixed);
  CHECK_THROWS_WITH(variance(V(x), {0, 0}), "[variance] axis 0 of shape (2,3) is named twice");
  CHECK_THROWS_WITH(cumsum(V(x), 2), "[cumsum] axis 2 is outside shape (2,3) of rank 2");
}

TEST_CASE("the variance of numbers with a large mean keeps its digits", "[unit]") {
  // E[x²] - E[x]² would be off by more than the variance itself.
  const Tensor<double> x = random({1000});
  const Tensor<double> far = (V(x) + std::ldexp(1.0, 30)).value();
  CHECK(variance(V(far), 0).item() == Approx(variance(V(x), 0).item()).epsilon(1e-6));
  const Tensor<float> few(Shape{4}, {4e6F, 4e6F + 1, 4e6F + 1, 4e6F + 2});
  CHECK(variance(Var<float>(few), 0, false, 0).item() == 0.5F);
}
