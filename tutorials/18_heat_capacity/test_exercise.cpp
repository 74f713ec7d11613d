#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "rdm/window/spectrum.hpp"
#include "tutorials/18_heat_capacity/gibbs.hpp"

using namespace premelt;
using lesson::heat_capacity;

TEST_CASE("the heat capacity that a covariance of losses contains", "[unit][lesson]") {
  SECTION("by hand") {
    CHECK(heat_capacity(Tensor<double>(Shape{2, 2}, {2, 1, 1, 3}), 2) == Approx(28).epsilon(1e-12));
  }
  SECTION("losses that cancel have none") {
    CHECK(heat_capacity(Tensor<double>(Shape{2, 2}, {1, -1, -1, 1}), 5) == Approx(0).margin(1e-12));
  }
  SECTION("six parabolas: one half each, within 6 % (20 000 samples: 2 %), however they are seen") {
    constexpr std::size_t samples = 20000;
    lesson::Gibbs gibbs(6, false, 0.1, 18);
    Tensor<double> seen(Shape{samples, 3});  // three losses share six coordinates
    for (std::size_t row = 0; row < samples; ++row) {
      const std::span<const double> x = gibbs.next();
      for (std::size_t i = 0; i < 3; ++i) {
        seen(row, i) = 0.5 * gibbs.energy(x[2 * i]) + 0.5 * gibbs.energy(x[(2 * i + 1) % 6]) +
                       0.5 * gibbs.energy(x[(2 * i + 2) % 6]) + 0.5 * gibbs.energy(x[(2 * i + 3) % 6]);
      }
    }
    CHECK(std::abs(heat_capacity(covariance(seen, Divisor::population), 10) / 3 - 1) <= 0.06);
  }
}
