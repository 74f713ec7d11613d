#include <catch2/catch.hpp>
#include <vector>

#include LESSON_HEADER
#include "engine/ops/reduce.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;
using lesson::undo_broadcast;

namespace {

std::vector<double> numbers(const Tensor<double>& tensor) {
  return {tensor.flat().begin(), tensor.flat().end()};
}

}  // namespace

TEST_CASE("the way back through broadcasting", "[unit][lesson]") {
  const Tensor<double> c(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  SECTION("a row") {
    CHECK(numbers(undo_broadcast(c, Shape{3})) == std::vector<double>{5, 7, 9});
  }
  SECTION("a column") {
    CHECK(numbers(undo_broadcast(c, Shape{2, 1})) == std::vector<double>{6, 15});
  }
  SECTION("a scalar") {
    CHECK(numbers(undo_broadcast(c, Shape{})) == std::vector<double>{21});
  }
  SECTION("nothing was stretched") {
    CHECK(numbers(undo_broadcast(c, c.shape())) == numbers(c));
  }
  SECTION("as the engine does, for every shape that stretches to (2,3,4)") {
    Rng rng(2, "cotangent");
    Tensor<double> big(Shape{2, 3, 4});
    for (double& value : big.flat()) value = static_cast<double>(rng.below(10));  // whole: sums are exact
    for (const std::size_t a : {1u, 2u}) {
      for (const std::size_t b : {1u, 3u}) {
        for (const std::size_t d : {1u, 4u}) {
          for (const Shape& shape : {Shape{a, b, d}, Shape{b, d}, Shape{d}}) {
            const Tensor<double> result = undo_broadcast(big, shape);
            CAPTURE(to_string(shape));
            REQUIRE(result.shape() == shape);
            CHECK(numbers(result) == numbers(sum_to<double>(big, shape).value()));
          }
        }
      }
    }
  }
}
