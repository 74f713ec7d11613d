#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include LESSON_HEADER
#include "tutorials/15_first_order/decay_sweep.hpp"

using lesson::growth_rate;

TEST_CASE("how fast two copies part", "[unit][lesson]") {
  SECTION("doubling every unit of time, and halving") {
    CHECK(growth_rate(std::vector<double>{1, 2, 4, 8}, 1) == Approx(std::log(2.0)).epsilon(1e-12));
    CHECK(growth_rate(std::vector<double>{3, 1.5, 0.75}, 1) == Approx(-std::log(2.0)).epsilon(1e-12));
  }
  SECTION("in units of the interval, whatever the size") {
    CHECK(growth_rate(std::vector<double>{1e-6, 1e-5}, 0.1) == Approx(10 * std::log(10.0)).epsilon(1e-9));
  }
  SECTION("a plateau's copies part at the rate of the target") {
    lesson::Mode mode(2, 1e-3), pushed = mode;
    pushed.push(1e-6);
    std::vector<double> distances;
    for (int i = 0; i < 50; ++i) {
      distances.push_back(mode.distance(pushed));
      mode.train(2, 0, 1e-3);
      pushed.train(2, 0, 1e-3);
    }
    CHECK(growth_rate(distances, 1e-3) == Approx(2).epsilon(0.01));
  }
}
