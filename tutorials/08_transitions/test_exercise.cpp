#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include LESSON_HEADER
#include "models/tasks/langevin.hpp"

using lesson::memory;

TEST_CASE("the memory of a series", "[unit][lesson]") {
  SECTION("by hand") {
    CHECK(memory(std::vector<double>{1, 2, 3}) == Approx(0).margin(1e-12));
    CHECK(memory(std::vector<double>{1, -1, 1, -1}) == Approx(-0.75));
  }
  SECTION("a well of curvature h forgets by 1 - rate·h a step, wherever its bottom is") {
    const premelt::Langevin dynamics{.rate = 0.1, .noise = 0.1};
    premelt::Rng rng(8, "test");
    std::vector<double> path;
    double x = 0;
    for (int step = 0; step < 100000; ++step) {
      x = dynamics.next(x, 2 * x, rng);
      path.push_back(100 + x);
    }
    CHECK(memory(path) == Approx(0.8).margin(0.01));
  }
  SECTION("a constant has none to speak of") {
    CHECK(std::isnan(memory(std::vector<double>(10, 3.0))));
  }
}
