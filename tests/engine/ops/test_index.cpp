/// Rows of tables, parts of tensors: picked, placed, joined, chosen.

#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("embedding lookups differentiate and collect repeated rows", "[property]") {
  const Indices ids(Shape{2, 3}, {4, 0, 0, 2, 4, 4});
  check_gradients([&](const Vs& x) { return square(gather(x[0], ids)); }, {random({5, 3})});
  check_gradients([&](const Vs& x) { return square(scatter_rows(x[0], ids, 5)); }, {random({2, 3, 4})});
  const Tensor<double> table = random({5, 3});
  const Tensor<double> rows = gather(V(table), ids).value();
  REQUIRE(rows.shape() == Shape{2, 3, 3});
  CHECK(rows(1, 0, 2) == table(2, 2));
  CHECK_THROWS_WITH(gather(V(random({4, 3})), ids), "[gather] index 4 at position 0 is outside 0..3");
  CHECK_THROWS_WITH(gather(V(random({4})), ids), "[gather] needs a table (V,C), got (4)");
}

TEST_CASE("slice, pad, concat and where differentiate along every axis", "[property]") {
  const Tensor<double> x = random({2, 3, 4}), y = random({2, 3, 4}, 2);
  for (int axis : {0, 1, 2, -1}) {
    CAPTURE(axis);
    check_gradients([&](const Vs& v) { return square(slice(v[0], axis, 1, 2)); }, {x});
    check_gradients([&](const Vs& v) { return square(pad(v[0], axis, 1, 3)); }, {x});
    check_gradients([&](const Vs& v) { return square(concat<double>({v[0], v[1], v[0]}, axis)); }, {x, y});
  }
  const Tensor<double> mask(Shape{3, 1}, {1, 0, 1});
  check_gradients([&](const Vs& v) { return square(where(mask, v[0], v[1])); }, {x, random({4})});
  const Tensor<double> infinite(Shape{3, 1}, {1.0, INFINITY, 2.0});
  CHECK(where(mask, V(infinite), V(Tensor<double>::scalar(7))).value()(1) == 7);

  CHECK(slice(V(x), 1, 1, 3).value()(1, 1, 3) == x(1, 2, 3));
  CHECK(concat<double>({V(x), V(y)}, 1).value()(1, 4, 2) == y(1, 1, 2));
  CHECK_THROWS_WITH(slice(V(x), 1, 2, 5),
                    "[slice] 2:5 along axis 1 of (2,3,4): needs 0 <= begin <= end <= 3");
  CHECK_THROWS_WITH(concat<double>({V(x), V(random({2, 4}))}, 1),
                    "[concat] (2,3,4) and (2,4) differ elsewhere than along axis 1");
}

TEST_CASE("stack and split join and part, and differentiate", "[property]") {
  const Tensor<double> a = random({2, 3}), b = random({2, 3}, 2);
  for (int axis : {0, 1, 2, -1, -3}) {
    check_gradients([&](const Vs& x) { return square(stack(x, axis)); }, {a, b});
  }
  const Tensor<double> last = stack<double>({V(a), V(b)}, -1).value();
  REQUIRE(last.shape() == Shape{2, 3, 2});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(last(i, j, 0) == a(i, j));
      CHECK(last(i, j, 1) == b(i, j));
    }
  }
  const std::vector<V> parts = split(V(a), {1, 2}, -1);
  REQUIRE(parts.size() == 2);
  CHECK(relative_error(concat(parts, 1).value(), a) == 0);
  check_gradients([](const Vs& x) { return square(split(x[0], {1, 2}, 1)[1]); }, {a});
  Tape<double> tape;
  const V x = tracked_batch(tape, a), y = tracked_batch(tape, b);
  CHECK(stack<double>({x, y}, 1).samples() == Samples::batched);
  CHECK(stack<double>({x, y}, 0).samples() == Samples::mixed);
  CHECK_THROWS_WITH(stack<double>({V(a), V(random({3, 2}))}, 0),
                    "[stack] all parts need one shape: (2,3) and (3,2)");
  CHECK_THROWS_WITH(split(V(a), {1, 1}, 1),
                    "[split] the sizes must add up to the extent of axis 1 of (2,3): 2 != 3");
}
