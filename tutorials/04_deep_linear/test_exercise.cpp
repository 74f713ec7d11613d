#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "models/tasks/saxe.hpp"

using lesson::learning_curve;

TEST_CASE("the learning curve of one mode", "[unit][lesson]") {
  const double s = 3, u0 = 1e-4, tau = 100;
  SECTION("starts at u0") {
    CHECK(learning_curve(0, s, u0, tau) == Approx(u0));
  }
  SECTION("solves the equation: its slope, by differences, is 2u(s - u)/tau") {
    for (const double t : {10.0, 150.0, 172.0, 200.0, 300.0}) {
      const double u = learning_curve(t, s, u0, tau);
      const double slope =
          (learning_curve(t + 1e-3, s, u0, tau) - learning_curve(t - 1e-3, s, u0, tau)) / 2e-3;
      CAPTURE(t);
      CHECK(slope == Approx(2 * u * (s - u) / tau).epsilon(1e-6));
    }
  }
  SECTION("is the engine's") {
    CHECK(learning_curve(180, s, u0, tau) == Approx(premelt::saxe::strength(180, s, u0, tau)).epsilon(1e-12));
  }
  SECTION("ends at s, however late") {
    CHECK(learning_curve(1e4, s, u0, tau) == Approx(s));
    CHECK(learning_curve(1e9, s, u0, tau) == Approx(s));
  }
}
