#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "rdm/scoring/surrogates.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;

namespace {

/// One slow coordinate seen by all probes.
Tensor<double> common_mode(std::size_t rows, std::size_t probes) {
  Rng rng(3, "noise");
  Tensor<double> losses(Shape{rows, probes});
  double x = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    x = 0.8 * x + 0.6 * rng.normal();
    for (std::size_t i = 0; i < probes; ++i) losses(t, i) = 2 + x;
  }
  return losses;
}

double memory(const Tensor<double>& losses, std::size_t probe) {
  const Tensor<double> x = detrended(losses, Detrend::none);
  double squares = 0, products = 0;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    squares += x(t, probe) * x(t, probe);
    if (t > 0) products += x(t, probe) * x(t - 1, probe);
  }
  return products / squares;
}

double pr(const Tensor<double>& losses) {
  return moments(losses, Divisor::population).participation_ratio();
}

}  // namespace

TEST_CASE("surrogates lose what they should and keep the rest", "[unit]") {
  const Tensor<double> losses = common_mode(4000, 10);
  Rng rng(7, "surrogate");
  REQUIRE(pr(losses) == Approx(1).epsilon(1e-9));

  const Tensor<double> shifted = circular_shift(losses, rng), fitted = autoregressive(losses, rng),
                       blocks = block_bootstrap(losses, 50, rng);
  for (const Tensor<double>& independent : {shifted, fitted}) {
    CHECK(pr(independent) > 8);
    CHECK(memory(independent, 4) == Approx(memory(losses, 4)).margin(0.03));
    CHECK(moments(independent, Divisor::population).trace ==
          Approx(moments(losses, Divisor::population).trace).epsilon(0.1));
  }
  CHECK(pr(blocks) == Approx(1).epsilon(1e-9));
  CHECK(memory(blocks, 0) == Approx(0.8).margin(0.05));
}

TEST_CASE("a circular shift permutes each probe's own losses", "[property]") {
  Rng rng(1, "surrogate");
  const Tensor<double> losses = normal_tensor<double>(Shape{50, 3}, rng);
  const Tensor<double> shifted = circular_shift(losses, rng);
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<double> before, after;
    for (std::size_t t = 0; t < 50; ++t) {
      before.push_back(losses(t, i));
      after.push_back(shifted(t, i));
    }
    std::ranges::sort(before);
    std::ranges::sort(after);
    CHECK(before == after);
  }
}

TEST_CASE("surrogates refuse what is too small", "[unit]") {
  Rng rng(1, "surrogate");
  const Tensor<double> losses(Shape{10, 2}, 1.0);
  CHECK_THROWS_AS(circular_shift(Tensor<double>(Shape{2, 2}, 1.0), rng), ShapeError);
  CHECK_THROWS_AS(block_bootstrap(losses, 0, rng), UsageError);
  CHECK_THROWS_AS(block_bootstrap(losses, 11, rng), UsageError);
}
