#include <sstream>

#include "engine/error.hpp"
#include "gradients.hpp"

using namespace premelt;
using namespace premelt::testing;

TEST_CASE("copies and reshapes share numbers, clones do not", "[unit]") {
  Tensor<double> a(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor<double> shared = a.reshape({3, 2}), copy = a.clone();
  a(0, 1) = 9;
  CHECK(shared(0, 1) == 9);
  CHECK(copy(0, 1) == 2);
  CHECK(shared.shares_buffer_with(a));
  CHECK_FALSE(a.unique());
  CHECK(copy.unique());
}

TEST_CASE("a window is a run of the same numbers", "[unit]") {
  Tensor<double> a(Shape{6}, {1, 2, 3, 4, 5, 6});
  Tensor<double> window = a.window(2, {2, 2});
  CHECK(window(1, 0) == 5);
  window(0, 0) = 7;
  CHECK(a(2) == 7);
  CHECK(window.window(1, {2})(1) == 5);
  CHECK_THROWS_WITH(a.window(3, {2, 2}), "[window] (2,2) from 3 on needs 7 values, (6) holds 6");
}

TEST_CASE("tensors say what is wrong", "[unit]") {
  CHECK_THROWS_WITH(Tensor<double>(Shape{2, 2}, {1, 2, 3}),
                    "[tensor] shape (2,2) holds 4 values, but 3 were given");
  CHECK_THROWS_WITH(random({2}).item(), "[item] needs exactly one element, shape is (2)");
  CHECK_THROWS_AS(Shape({1, 2, 3, 4, 5, 6, 7}), ShapeError);
  CHECK(Tensor<double>().empty());
  CHECK(Tensor<double>().clone().shape() == Shape{0});
}

TEST_CASE("a freed buffer serves the next tensor of its size, and only that", "[unit]") {
  const double* freed = random({1234}).data();
  CHECK(Tensor<double>(Shape{1233}).data() != freed);
  CHECK(Tensor<double>(Shape{2, 617}).data() == freed);
}

TEST_CASE("tensors print as arrays and convert between element types", "[unit]") {
  std::ostringstream text;
  text << Tensor<double>(Shape{2, 2}, {1, 2, 3, 4.5});
  CHECK_THAT(text.str(), Catch::Contains("4.5") && Catch::Contains("{"));
  CHECK(cast<float>(Tensor<double>(Shape{1}, 0.1))(0) == 0.1f);
}
