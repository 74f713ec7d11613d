#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "tutorials/14_landau/watched.hpp"

using lesson::seen_share;

TEST_CASE("what a window sees of a variance", "[unit][lesson]") {
  SECTION("independent recordings: all but one part in W") {
    CHECK(seen_share(0, 10) == Approx(0.9).epsilon(1e-12));
    CHECK(seen_share(0.9, 1) == Approx(0).margin(1e-12));
  }
  SECTION("two recordings differ by what one forgets") {
    CHECK(seen_share(0.9, 2) == Approx(0.05).epsilon(1e-12));  // Var(x1 - x2)/4 = (1 - 0.9)/2
  }
  SECTION("what never changes is not seen") {
    CHECK(seen_share(1, 200) == Approx(0).margin(1e-12));
  }
  SECTION("the limit of continuous time, for a memory of W/a recordings: 1 - 2/a + 2(1 - exp(-a))/a²") {
    const double a = 4;
    CHECK(seen_share(std::exp(-a / 100000), 100000) ==
          Approx(1 - 2 / a + 2 * (1 - std::exp(-a)) / (a * a)).epsilon(1e-4));
  }
}

TEST_CASE("the SHC of a well held still is the expected one", "[unit][lesson]") {
  // The standard error of a mean of 400 windows is 3 % and less at this curvature.
  const lesson::Watched still{.curvature = 0.5, .quartic = 0};
  const double expected = lesson::expected_shc(still), measured = lesson::measured_shc(still, 400);
  CHECK(std::abs(measured / expected - 1) <= 0.1);
}

TEST_CASE("the exponent of SHC goes from -1.1 to -2 with window and range", "[unit][lesson]") {
  const auto exponent = [](double low, double high, int every, bool only_x = false) {
    const auto shc = [&](double a) {
      return lesson::expected_shc({.curvature = a, .every = every, .quartic = 0}, only_x);
    };
    return std::log(shc(high) / shc(low)) / std::log(high / low);
  };
  CHECK(exponent(0.2, 0.9, 1) == Approx(-1.1).margin(0.15));
  CHECK(exponent(0.05, 0.2, 100, true) == Approx(-2).margin(0.15));
}
