#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "tutorials/15_first_order/decay_sweep.hpp"

using lesson::spinodal_decay;

TEST_CASE("how much weight decay a deep linear mode survives", "[unit][lesson]") {
  SECTION("two layers: all below the target") {
    CHECK(spinodal_decay(2, 1) == Approx(1).epsilon(1e-12));
    CHECK(spinodal_decay(2, 3) == Approx(3).epsilon(1e-12));
  }
  SECTION("three layers: 3(s/4)^(4/3)") {
    CHECK(spinodal_decay(3, 1) == Approx(3 * std::pow(0.25, 4.0 / 3)).epsilon(1e-12));
  }
  SECTION("trained at 1 % less decay a mode stays, at 1 % more it dies") {
    for (const int layers : {3, 4, 6}) {
      const double spinodal = spinodal_decay(layers, 2), start = std::pow(2, 1.0 / layers);
      lesson::Mode stays(layers, start), dies(layers, start);
      for (int step = 0; step < 20000; ++step) {
        stays.train(2, 0.99 * spinodal, 0.02);
        dies.train(2, 1.01 * spinodal, 0.02);
      }
      CHECK(stays.strength() >= 0.2);
      CHECK(dies.strength() <= 1e-6);
    }
  }
}
