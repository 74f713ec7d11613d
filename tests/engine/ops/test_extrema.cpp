/// The larger and the smaller: ties, kinks and NaN as PyTorch's, derivatives of both orders, whose samples.

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
