#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include LESSON_HEADER
#include "tutorials/16_nucleation/escape.hpp"

using lesson::kramers_time;

TEST_CASE("how long a barrier holds", "[unit][lesson]") {
  SECTION("by hand") {
    CHECK(kramers_time(1, -1, 3, 1) == Approx(2 * std::numbers::pi * std::exp(3.0)).epsilon(1e-12));
    CHECK(kramers_time(4, -1, 0, 1) == Approx(std::numbers::pi).epsilon(1e-12));
  }
  SECTION("every T of barrier takes e times as long") {
    CHECK(kramers_time(1.7, -1, 0.5, 0.1) / kramers_time(1.7, -1, 0.4, 0.1) ==
          Approx(std::exp(1.0)).epsilon(1e-12));
  }
  SECTION(
      "a particle over a barrier of 4T, within 20 %: 5 % from 400 runs, the rest from a barrier that is not "
      "high") {
    premelt::Rng rng(16, "test");
    const double temperature = lesson::barrier() / 4;
    double mean = 0;
    for (int run = 0; run < 400; ++run) mean += lesson::waiting_time(temperature, rng) / 400;
    const double kramers = kramers_time(lesson::curvature(lesson::bottom), lesson::curvature(lesson::top),
                                        lesson::barrier(), temperature);
    CHECK(std::abs(mean / kramers - 1) <= 0.2);
  }
}

TEST_CASE("waiting times over a barrier have no memory", "[unit][lesson]") {
  // Exponential times: their standard deviation is their mean (of 600, within 15 %: three standard errors),
  // and after any wait the further one is as long again (of about 220, within 20 %).
  premelt::Rng rng(16, "memory");
  std::vector<double> times;
  for (int run = 0; run < 600; ++run) times.push_back(lesson::waiting_time(lesson::barrier() / 4, rng));
  double mean = 0, squares = 0, further = 0;
  for (const double t : times) mean += t / 600;
  int left = 0;
  for (const double t : times) {
    squares += (t - mean) * (t - mean) / 600;
    if (t <= mean) continue;
    further += t - mean;
    ++left;
  }
  CHECK(std::abs(std::sqrt(squares) / mean - 1) <= 0.15);
  CHECK(std::abs(further / left / mean - 1) <= 0.2);
}
