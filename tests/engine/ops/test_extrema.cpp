/// The larger and the smaller: ties, kinks and NaN as PyTorch's, derivatives of both orders, whose samples.

#include <algorithm>

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

/// The gradient of the sum of f at x.
std::vector<double> slope(const Differentiable& f, const Tensor<double>& at) {
  Tape<double> tape;
  const V x = tape.variable(at);
  const Tensor<double> g = gradient(sum(f({x})), {x})[0].value();
  return {g.flat().begin(), g.flat().end()};
}

Tensor<double> row(const std::vector<double>& numbers) {
  return Tensor<double>(Shape{numbers.size()}, numbers);
}

}  // namespace

TEST_CASE("maximum and minimum differentiate under broadcasts", "[property]") {
  for (const auto& [a, b] :
       {std::pair<Shape, Shape>{{}, {}}, {{7}, {7}}, {{2, 3}, {3}}, {{2, 1}, {4, 2, 3}}}) {
    CAPTURE(to_string(a), to_string(b));
    // Squared, so that the second derivatives are not all 0.
    check_gradients([](const Vs& x) { return square(maximum(x[0], x[1])); }, {random(a), random(b, 2)});
    check_gradients([](const Vs& x) { return square(minimum(x[0], x[1])); }, {random(a), random(b, 2)});
  }
}

TEST_CASE("equals share the cotangent of maximum and minimum evenly", "[unit]") {
  const Tensor<double> other = row({0, 1, 2});
  CHECK(slope([&](const Vs& x) { return maximum(x[0], other); }, row({1, 1, 1})) ==
        std::vector<double>{1, 0.5, 0});
  CHECK(slope([&](const Vs& x) { return minimum(x[0], other); }, row({1, 1, 1})) ==
        std::vector<double>{0, 0.5, 1});
  // Both sides of a tie are the same tensor: its halves add up.
  CHECK(slope([](const Vs& x) { return maximum(x[0], x[0]); }, row({-1, 0, 3})) ==
        std::vector<double>{1, 1, 1});
}

TEST_CASE("clamp holds its bounds, with derivative 1 on them", "[unit]") {
  const Tensor<double> x = row({-3, -1, 0.5, 2, 7});
  const Tensor<double> y = clamp(V(x), -1, 2).value();
  CHECK(std::vector<double>(y.flat().begin(), y.flat().end()) == std::vector<double>{-1, -1, 0.5, 2, 2});
  CHECK(slope([](const Vs& v) { return clamp(v[0], -1, 2); }, x) == std::vector<double>{0, 1, 1, 1, 0});
  CHECK(slope([](const Vs& v) { return clamp(v[0], -INFINITY, 2); }, x) ==
        std::vector<double>{1, 1, 1, 1, 0});
  check_gradients([](const Vs& v) { return square(clamp(v[0], -1.5, 2.5)); }, {x});
  CHECK_THROWS_WITH(clamp(V(x), 2, -1), "[clamp] needs low <= high, got 2.000000 and -1.000000");
  CHECK_THROWS_AS(clamp(V(x), NAN, 1), Error);
}

TEST_CASE("the derivative of abs at 0 is 0", "[unit]") {
  CHECK(slope([](const Vs& v) { return abs(v[0]); }, row({-2, 0, -0.0, 3})) ==
        std::vector<double>{-1, 0, 0, 1});
}

TEST_CASE("extrema along axes differentiate", "[property]") {
  const Tensor<double> x = random({2, 3, 4});
  for (int axis : {0, 1, 2, -1}) {
    for (bool keepdims : {false, true}) {
      check_gradients([&](const Vs& v) { return square(max(v[0], axis, keepdims)); }, {x});
      check_gradients([&](const Vs& v) { return square(min(v[0], axis, keepdims)); }, {x});
    }
  }
  for (const Axes& axes : {Axes{0}, Axes{1, -1}, Axes{0, 2}, Axes{2, 1, 0}}) {
    for (bool keepdims : {false, true}) {
      check_gradients([&](const Vs& v) { return square(amax(v[0], axes, keepdims)); }, {x});
      check_gradients([&](const Vs& v) { return square(amin(v[0], axes, keepdims)); }, {x});
    }
  }
  CHECK(amax(V(x), {0, 2}).shape() == Shape{3});
  CHECK(amin(V(x), {0, 2}, true).shape() == Shape{1, 3, 1});
  CHECK(amax(V(x), {0, 1, 2}).item() == *std::ranges::max_element(x.flat()));
  CHECK(std::isnan(max(V(Tensor<double>(Shape{3}, {1, NAN, 2})), 0).item()));
  CHECK_THROWS_WITH(amax(V(x), {1, -2}), "[amax] axis -2 of shape (2,3,4) is named twice");
  CHECK_THROWS_WITH(min(V(x), 3), "[min] axis 3 is outside shape (2,3,4) of rank 3");
}

TEST_CASE("of equals along an axis, the first gets the cotangent of max, and all a share of amax", "[unit]") {
  const Tensor<double> x = row({2, 5, 1, 5, 1});
  CHECK(slope([](const Vs& v) { return max(v[0], 0); }, x) == std::vector<double>{0, 1, 0, 0, 0});
  CHECK(slope([](const Vs& v) { return min(v[0], 0); }, x) == std::vector<double>{0, 0, 1, 0, 0});
  CHECK(slope([](const Vs& v) { return amax(v[0], 0); }, x) == std::vector<double>{0, 0.5, 0, 0.5, 0});
  CHECK(slope([](const Vs& v) { return amin(v[0], 0); }, x) == std::vector<double>{0, 0, 0.5, 0, 0.5});
  // The cotangent of sqrt at 0 is infinite; what loses gets none of it.
  CHECK(slope([](const Vs& v) { return sqrt(amin(v[0], 0)); }, row({0, 1})) ==
        std::vector<double>{INFINITY, 0});
}

TEST_CASE("argmax is the first place of the largest, and keeps the samples", "[unit]") {
  const Tensor<double> x(Shape{2, 3}, {1, 7, 7, 4, NAN, NAN});
  const Var<std::int64_t> rows = argmax(V(x), -1);
  REQUIRE(rows.shape() == Shape{2});
  CHECK(rows.value()(0) == 1);
  CHECK(rows.value()(1) == 1);
  const Indices columns = argmax(V(x), 0, true).value();
  REQUIRE(columns.shape() == Shape{1, 3});
  CHECK(columns(0, 0) == 1);
  CHECK(columns(0, 1) == 1);
  CHECK(rows.samples() == Samples::shared);
  CHECK(argmax(batched(x), 1).samples() == Samples::batched);
  CHECK(argmax(batched(x), 0).samples() == Samples::shared);  // a constant, the same for all
  Tape<double> tape;
  const V y = tracked_batch(tape, x);
  CHECK(min(y, 1).samples() == Samples::batched);
  CHECK(amax(y, 0, true).samples() == Samples::mixed);
}
