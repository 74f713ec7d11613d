/// The operators of Var, and what stands beside one.

#include <sstream>
#include <type_traits>
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/xtensor.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

namespace {

const double inf = std::numeric_limits<double>::infinity();

/// The numbers of a small result.
std::vector<double> numbers(const V& x) {
  const Tensor<double>& value = x.value();
  return {value.flat().begin(), value.flat().end()};
}

const Tensor<double> two = Tensor<double>::of({2, 4});

}  // namespace

TEST_CASE("numbers of any type stand on either side of an operator", "[unit]") {
  const V x = two;
  CHECK(numbers(x + 1) == std::vector<double>{3, 5});
  CHECK(numbers(1 + x) == std::vector<double>{3, 5});
  CHECK(numbers(x - 1.5F) == std::vector<double>{0.5, 2.5});
  CHECK(numbers(1.0 - x) == std::vector<double>{-1, -3});
  CHECK(numbers(x * std::size_t{3}) == std::vector<double>{6, 12});
  CHECK(numbers(3 * x) == std::vector<double>{6, 12});
  CHECK(numbers(x / 2) == std::vector<double>{1, 2});
  CHECK(numbers(8 / x) == std::vector<double>{4, 2});
  CHECK(numbers(-x) == std::vector<double>{-2, -4});
  const Var<float> narrow = Tensor<float>::of({2, 4});
  static_assert(std::is_same_v<decltype(1.0 - narrow), Var<float>>);
  CHECK((0.1 + narrow).value()(0) == 0.1F + 2.0F);
}

TEST_CASE("tensors stand on either side of an operator and broadcast", "[unit]") {
  const V x = two;
  const Tensor<double> column = Tensor<double>::of({{1}, {10}});
  CHECK(numbers(x + column) == std::vector<double>{3, 5, 12, 14});
  CHECK(numbers(column + x) == std::vector<double>{3, 5, 12, 14});
  CHECK(numbers(column - x) == std::vector<double>{-1, -3, 8, 6});
  CHECK(numbers(x - column) == std::vector<double>{1, 3, -8, -6});
  CHECK(numbers(column * x) == std::vector<double>{2, 4, 20, 40});
  CHECK(numbers(column / x) == std::vector<double>{0.5, 0.25, 5, 2.5});
  CHECK_THROWS_WITH(random({3}) + x, Catch::StartsWith("[add] shapes do not broadcast: (3) and (2)"));
}

TEST_CASE("every operator has its derivative in every operand", "[property]") {
  const std::vector<Tensor<double>> at{random({2, 3}), uniform({3}, 0.5, 2, 2)};
  const Tensor<double> c = uniform({2, 1}, 0.5, 2, 3);
  check_gradients([](const auto& v) { return 1.0 - v[0] * v[1] / 3 + 2 / v[1]; }, at);
  check_gradients([&](const auto& v) { return (c - v[0]) / (c + v[1]) - c * v[0] + c / v[1]; }, at);
  check_gradients(
      [&](const auto& v) {
        V y = v[0];
        y += v[1];
        y *= c;
        y -= 0.5;
        y /= v[1];
        return y;
      },
      at);
}

TEST_CASE("a += b makes a new value; other handles keep the old one", "[unit]") {
  V x = two;
  const V before = x;
  x += 1;
  x *= two;
  CHECK(numbers(x) == std::vector<double>{6, 20});
  CHECK(numbers(before) == std::vector<double>{2, 4});
  CHECK_THROWS_WITH(x += random({3, 2}),
                    "[+=] the left side has shape (2), the result (3,2): write a = a + b");
  CHECK_THROWS_WITH(x /= random({1, 2}),
                    "[/=] the left side has shape (2), the result (1,2): write a = a / b");
  CHECK(numbers(x) == std::vector<double>{6, 20});
}

TEST_CASE("comparisons give masks of 0 and 1 that nothing flows back through", "[unit]") {
  const V x = Tensor<double>::of({1, 2, 3, NAN, inf}), y = Tensor<double>::of({2, 2, 2, 2, 2});
  CHECK(numbers(x < y) == std::vector<double>{1, 0, 0, 0, 0});
  CHECK(numbers(x <= y) == std::vector<double>{1, 1, 0, 0, 0});
  CHECK(numbers(x > y) == std::vector<double>{0, 0, 1, 0, 1});
  CHECK(numbers(x >= y) == std::vector<double>{0, 1, 1, 0, 1});
  CHECK(numbers(x == y) == std::vector<double>{0, 1, 0, 0, 0});
  CHECK(numbers(x != y) == std::vector<double>{1, 0, 1, 1, 1});
  CHECK(numbers(x < 2) == numbers(x < y));
  CHECK(numbers(2 < x) == numbers(x > y));
  CHECK(numbers(x <= 2) == numbers(x <= y));
  CHECK(numbers(2 <= x) == numbers(x >= y));
  CHECK(numbers(x > 2) == numbers(x > y));
  CHECK(numbers(2 > x) == numbers(x < y));
  CHECK(numbers(x >= 2) == numbers(x >= y));
  CHECK(numbers(2 >= x) == numbers(x <= y));
  CHECK(numbers(x == 2) == numbers(x == y));
  CHECK(numbers(2 == x) == numbers(x == y));
  CHECK(numbers(x != 2) == numbers(x != y));
  CHECK(numbers(2 != x) == numbers(x != y));
  CHECK(numbers(x < y.value()) == numbers(x < y));
  CHECK(numbers(y.value() > x) == numbers(x < y));

  Tape<double> tape;
  const V w = tape.variable(random({4}));
  CHECK_FALSE((w > 0).tracked());
  CHECK(tape.size() == 1);
  check_gradients([](const auto& v) { return (v[0] > 0) * square(v[0]); }, {away_from_zero({7})});
}

TEST_CASE("a mask of data belongs to the samples of the data", "[unit]") {
  const V x = batched(random({4, 2}));
  CHECK((x > 0).samples() == Samples::batched);
  CHECK((x > random({1, 2})).samples() == Samples::batched);
  CHECK((V(random({4, 2})) > 0).samples() == Samples::shared);
}

TEST_CASE("beside an xtensor expression a Var is a Var, never an array's element", "[unit]") {
  V x = two;
  const V fixed = two;
  const Tensor<double> column = Tensor<double>::of({{1}, {10}});
  xt::xarray<double> a = column.array();
  const xt::xarray<double> same = a;
  const auto check = [&](auto&& array) {
    static_assert(std::is_same_v<decltype(x + array), V> && std::is_same_v<decltype(array + x), V>);
    CHECK(numbers(x + array) == std::vector<double>{3, 5, 12, 14});
    CHECK(numbers(array + fixed) == std::vector<double>{3, 5, 12, 14});
    CHECK(numbers(fixed - array) == std::vector<double>{1, 3, -8, -6});
    CHECK(numbers(array - x) == std::vector<double>{-1, -3, 8, 6});
    CHECK(numbers(x * array) == std::vector<double>{2, 4, 20, 40});
    CHECK(numbers(array * x) == std::vector<double>{2, 4, 20, 40});
    CHECK(numbers(array / x) == std::vector<double>{0.5, 0.25, 5, 2.5});
    CHECK(numbers(V(Tensor<double>::of({2})) / array) == std::vector<double>{2, 0.2});
    CHECK(numbers(x > array) == std::vector<double>{1, 1, 0, 0});
    CHECK(numbers(array > x) == std::vector<double>{0, 0, 1, 1});
    CHECK(numbers(x < array) == std::vector<double>{0, 0, 1, 1});
    CHECK(numbers(x <= array) == std::vector<double>{0, 0, 1, 1});
    CHECK(numbers(x >= array) == std::vector<double>{1, 1, 0, 0});
    CHECK(numbers(x == array) == std::vector<double>{0, 0, 0, 0});
    CHECK(numbers(array != x) == std::vector<double>{1, 1, 1, 1});
  };
  check(a);
  check(same);
  check(2.0 * a - same);                             // a recipe
  check(xt::view(a, xt::all()));                     // a view
  check(xt::xarray<float>(column.array()));          // a temporary of another element type
  check(Tensor<double>(a).clone().reshape({2, 1}));  // and a plain tensor

  x += xt::xarray<double>{1.0, 1.0};
  CHECK(numbers(x) == std::vector<double>{3, 5});
  CHECK_THROWS_WITH(x += a, Catch::StartsWith("[+=] the left side has shape (2)"));
  const xt::xarray<double> shape_of_three = {1.0, 2.0, 3.0};
  CHECK_THROWS_WITH(fixed * shape_of_three, Catch::StartsWith("[mul] shapes do not broadcast: (2) and (3)"));
  check_gradients([&](const auto& v) { return a * v[0] - v[0] / xt::exp(a / 10.0) + 1.0; }, {random({2, 3})});
}

TEST_CASE("tensors, vars and shapes print themselves", "[unit]") {
  const auto text = [](const auto& x) {
    std::ostringstream out;
    out << x;
    return out.str();
  };
  CHECK(text(Shape{2, 3}) == "(2,3)");
  CHECK(text(Shape{}) == "()");
  CHECK(text(Tensor<double>::of({{1, 2}, {3, 4}})) == "{{ 1.,  2.},\n { 3.,  4.}}");
  CHECK(text(V(Tensor<double>::of({1, 2.5}))) == "{ 1. ,  2.5}");
  CHECK(text(Indices::of({1, -2})) == "{ 1, -2}");
  CHECK(text(Tensor<std::uint64_t>::of({1, 2})) == "{1, 2}");
}
