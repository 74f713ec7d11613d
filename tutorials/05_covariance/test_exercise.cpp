#include <catch2/catch.hpp>
#include <cmath>

#include LESSON_HEADER
#include "engine/tensor/random.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;
using lesson::signals;
using lesson::Signals;

TEST_CASE("signals without an eigensolver", "[unit][lesson]") {
  SECTION("two probes by hand: deviations (-1, 1) and (-2, 2)") {
    // C = [1 2; 2 4], eigenvalues 5 and 0.
    const Signals found = signals(Tensor<double>(Shape{2, 2}, {0, 10, 2, 14}));
    CHECK(found.trace == Approx(5));
    CHECK(found.shc == Approx(6.25));
    CHECK(found.pr == Approx(1));
  }
  SECTION("the same as the engine's, of a random window") {
    Rng rng(5, "losses");
    const Tensor<double> losses = normal_tensor<double>(Shape{12, 7}, rng, 0.3, 2.0);
    const Signals found = signals(losses);
    const Moments wanted = moments(losses, Divisor::population);
    CHECK(found.trace == Approx(wanted.trace).epsilon(1e-10));
    CHECK(found.shc == Approx(wanted.spectral_heat_capacity()).epsilon(1e-10));
    CHECK(found.pr == Approx(wanted.participation_ratio()).epsilon(1e-10));

    Tensor<double> lifted = losses.clone();
    for (std::size_t t = 0; t < 12; ++t)
      lifted(t, 3) += 1e6;  // one probe has a constant loss of a million more
    CHECK(signals(lifted).shc == Approx(wanted.spectral_heat_capacity()).epsilon(1e-8));
  }
  SECTION("where nothing moves, PR is undefined") {
    const Signals found = signals(Tensor<double>(Shape{5, 3}, 2.0));
    CHECK(found.trace == 0);
    CHECK(found.shc == 0);
    CHECK(std::isnan(found.pr));
  }
}
