#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include LESSON_HEADER
#include "models/tasks/langevin.hpp"

using lesson::swept_variance;

TEST_CASE("the variance in a well that softens while one looks", "[unit][lesson]") {
  SECTION("where the well is gone: T·√(π/speed)") {
    CHECK(swept_variance(0, 0.01, 3) == Approx(3 * std::sqrt(std::numbers::pi / 0.01)).epsilon(1e-12));
  }
  SECTION("a slow sweep finds the well's own variance T/a, less what lags behind") {
    CHECK(swept_variance(1, 1e-4, 1) == Approx(1 - 0.5e-4).epsilon(1e-6));
    CHECK(swept_variance(2, 1e-12, 1) == Approx(0.5).epsilon(1e-9));
  }
  SECTION("it solves dV/dt = 2T - 2aV, here too where one formula takes over from another") {
    for (const double a : {0.1, 0.29, 0.3, 0.31, 1.0}) {
      constexpr double speed = 0.01, h = 1e-5;
      const double falling =
          -speed * (swept_variance(a + h, speed, 1) - swept_variance(a - h, speed, 1)) / (2 * h);
      CHECK(falling == Approx(2 - 2 * a * swept_variance(a, speed, 1)).margin(1e-5));
    }
  }
  SECTION("2000 particles, within 10 %") {
    constexpr double step = 0.02, speed = 0.02;
    const premelt::Langevin dynamics{.rate = step, .noise = std::sqrt(2 / step)};  // T = 1
    premelt::Rng rng(17, "test");
    double squares = 0;
    for (int run = 0; run < 2000; ++run) {
      double x = rng.normal();
      for (double a = 1; a > 0.1; a -= speed * step) x = dynamics.next(x, a * x, rng);
      squares += x * x / 2000;
    }
    CHECK(std::abs(squares / swept_variance(0.1, speed, 1) - 1) <= 0.1);
  }
}
