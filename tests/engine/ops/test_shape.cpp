/// Numbers that move: reshape with -1, permute, .T(), and parts, x(range(1, -1), 0).

#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

bool same(const V& x, const Tensor<double>& y) {
  return x.shape() == y.shape() && std::ranges::equal(x.value().flat(), y.flat());
}

const V x = Tensor<double>::of({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}});

}  // namespace

TEST_CASE("parts of a tensor are picked as in NumPy", "[unit]") {
  using T = Tensor<double>;
  CHECK(same(x(0), T::of({1, 2, 3})));
  CHECK(same(x(-1), T::of({10, 11, 12})));
  CHECK(same(x(std::size_t{2}, -2), T::scalar(8)));
  CHECK(same(x(range(1, -1)), T::of({{4, 5, 6}, {7, 8, 9}})));
  CHECK(same(x(range(-1), range(1)), T::of({{11, 12}})));
  CHECK(same(x(range(), 1), T::of({2, 5, 8, 11})));
  CHECK(same(x(range(1, 2), 0), T::of({4})));
  CHECK(same(x(range(), range()), x.value()));
  CHECK(x(range(2, 2)).shape() == Shape{0, 3});
}

TEST_CASE("picking outside the tensor is an error", "[unit]") {
  CHECK_THROWS_WITH(x(4), "[pick] entry 4 along axis 0 is outside shape (4,3)");
  CHECK_THROWS_WITH(x(-5), "[pick] entry -5 along axis 0 is outside shape (4,3)");
  CHECK_THROWS_WITH(x(range(), range(1, 4)), "[pick] range 1:4 along axis 1 is outside shape (4,3)");
  CHECK_THROWS_WITH(x(range(3, 1)), "[pick] range 3:1 along axis 0 is outside shape (4,3)");
  CHECK_THROWS_WITH(x(range(5)), "[pick] range 5: along axis 0 is outside shape (4,3)");
  CHECK_THROWS_WITH(x(0, 0, 0), "[pick] 3 parts of shape (4,3): at most one an axis");
}

TEST_CASE("picked parts have derivatives", "[property]") {
  check_gradients([](const auto& v) { return square(v[0](range(1, -1), range(), -2)); }, {random({4, 2, 3})});
}

TEST_CASE("picking within samples keeps them apart, picking samples does not", "[unit]") {
  const V data = batched(random({4, 2, 3}));
  CHECK(data(range(), 1).samples() == Samples::batched);
  CHECK(data(range(), range(), range(0, 2)).samples() == Samples::batched);
  CHECK(data(0).samples() != Samples::batched);
  CHECK(data(range(1, 3)).samples() != Samples::batched);
}

TEST_CASE("one extent of reshape may be -1", "[unit]") {
  const std::size_t rows = 2;
  CHECK(reshape(x, {rows, -1}).shape() == Shape{2, 6});
  CHECK(reshape(x, {-1}).shape() == Shape{12});
  CHECK(reshape(x, {2, -1, 3}).shape() == Shape{2, 2, 3});
  CHECK(reshape(x, {12, -1}).shape() == Shape{12, 1});
  CHECK(reshape(V(Tensor<double>::scalar(3)), {-1}).shape() == Shape{1});
  CHECK(reshape(V(Tensor<double>::scalar(3)), {}).shape() == Shape{});
  CHECK(x.value().reshape({-1, 4}).shape() == Shape{3, 4});
  CHECK_THROWS_WITH(reshape(x, {-1, -1}), "[reshape] only one extent can be -1");
  CHECK_THROWS_WITH(reshape(x, {-2, 6}),
                    "[reshape] an extent is a number from 0 on, or -1 for what is left, got -2");
  CHECK_THROWS_WITH(reshape(x, {5, -1}),
                    "[reshape] 12 elements cannot be divided by the extents given, "
                    "(5,1) with 1 in place of -1");
  CHECK_THROWS_WITH(reshape(x, {0, -1}), Catch::StartsWith("[reshape] 12 elements cannot be divided"));
  CHECK_THROWS_WITH(reshape(x, {5, 2}), Catch::StartsWith("[reshape] (4,3) -> (5,2): sizes differ"));
  check_gradients([](const auto& v) { return square(reshape(v[0], {-1, 2})); }, {random({3, 4})});
}

TEST_CASE("x.T() swaps the last two axes", "[unit]") {
  CHECK(same(x.T(), transpose(x).value()));
  CHECK(x.T().shape() == Shape{3, 4});
  CHECK_THROWS_WITH(V(random({3})).T(), "[transpose] needs at least two axes, shape is (3)");
}

TEST_CASE("reshape, permute, transpose and expand differentiate", "[property]") {
  const Tensor<double> y = random({2, 3, 4});
  check_gradients([](const Vs& v) { return square(reshape(v[0], {6, 4})); }, {y});
  check_gradients([](const Vs& v) { return square(permute(v[0], {2, 0, 1})); }, {y});
  check_gradients([](const Vs& v) { return square(permute(v[0], {-1, 1, 0})); }, {y});
  check_gradients([](const Vs& v) { return square(transpose(v[0])); }, {y});
  check_gradients([](const Vs& v) { return square(expand(v[0], {5, 2, 3, 4})); }, {y});
  check_gradients([](const Vs& v) { return square(expand(v[0], {2, 4, 3})); }, {random({2, 1, 1})});
  const Tensor<double> moved = permute(V(y), {2, 0, 1}).value();
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) CHECK(moved(i, j, k) == y(j, k, i));
    }
  }
}
