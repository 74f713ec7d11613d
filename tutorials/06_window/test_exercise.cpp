#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "engine/tensor/random.hpp"
#include "rdm/window/loss_window.hpp"

using namespace premelt;
using lesson::without_drift;

namespace {

double largest_difference(const Tensor<double>& a, const Tensor<double>& b) {
  REQUIRE(a.shape() == b.shape());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a.data()[i] - b.data()[i]);
    if (!(difference <= largest)) largest = difference;  // NaN counts as larger
  }
  return largest;
}

}  // namespace

TEST_CASE("losses without their drift", "[unit][lesson]") {
  SECTION("nothing is left of lines") {
    Tensor<double> lines(Shape{9, 3});
    for (std::size_t t = 0; t < 9; ++t) {
      for (std::size_t i = 0; i < 3; ++i)
        lines(t, i) = static_cast<double>(i) - 0.3 * static_cast<double>(t * i);
    }
    CHECK(largest_difference(without_drift(lines), Tensor<double>(Shape{9, 3}, 0.0)) < 1e-12);
  }
  SECTION("a zigzag on a slope stays, nearly: by hand for four recordings") {
    // Mean 1.5, slope 0.8: the line is 0.3, 1.1, 1.9, 2.7.
    const Tensor<double> rest = without_drift(Tensor<double>(Shape{4, 1}, {0, 2, 1, 3}));
    CHECK(largest_difference(rest, Tensor<double>(Shape{4, 1}, {-0.3, 0.9, -0.9, 0.3})) < 1e-12);
  }
  SECTION("as the engine does") {
    Rng rng(6, "losses");
    const Tensor<double> losses = normal_tensor<double>(Shape{25, 4}, rng);
    CHECK(largest_difference(without_drift(losses), detrended(losses, Detrend::linear)) < 1e-12);
  }
}
