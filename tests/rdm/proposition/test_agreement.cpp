/// A covariance beside its linear model, and what its error bars are worth.

#include <catch2/catch.hpp>
#include <cmath>

#include "rdm/proposition/agreement.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

const std::vector<std::string> names{"a", "b", "a", "b"};

/// The Gaussian covariance of a quadratic loss beside σ²GGᵀ, with errors over 20 groups of draws.
Agreement estimate(std::uint64_t seed) {
  static const Quadratic quadratic(4, 6, 1);
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{6}, 0.2), g = landscape.jacobian(theta.flat()),
                                             linear = linear_covariance(g, 0.3);
  const Estimate c = control_variate(
      paired_losses(landscape, theta.flat(), g, {.sigma = 0.3, .draws = 4000, .seed = seed}), linear);
  const Blocks blocks(names);
  Agreement agreement = agree(c.covariance, linear, blocks);
  std::vector<Agreement> without;
  for (const Tensor<double>& rest : leave_one_out(c)) without.push_back(agree(rest, linear, blocks));
  set_errors(agreement, std::move(without));
  return agreement;
}

}  // namespace

TEST_CASE("agreement: what a covariance and its linear model say", "[unit]") {
  Tensor<double> c(Shape{4, 4}, 0.0), linear(Shape{4, 4}, 0.0);
  for (std::size_t i = 0; i < 4; ++i) c(i, i) = static_cast<double>(4 - i);
  linear(0, 0) = 8, linear(1, 1) = 2;
  c(0, 1) = c(1, 0) = 1;
  const Agreement a = agree(c, linear, Blocks(names));
  CHECK(a.own.energy[0].value == Approx(6.0 / 10));
  CHECK(a.own.energy[1].value == Approx(4.0 / 10));
  CHECK(a.own.within.value == Approx(30.0 / 32));
  CHECK(a.own.pr.value == Approx(100.0 / 32));
  CHECK(a.pr_ratio.value == Approx(100.0 / 32 / (100.0 / 68)));
  CHECK(a.shc_ratio.value == Approx(a.own.shc.value / a.linear.shc.value));
  CHECK(a.error.value == Approx(std::sqrt((16 + 1 + 4 + 1 + 2) / 32.0)));
  CHECK(a.own.top_share[0].value + a.own.top_share[1].value == Approx(1));
  REQUIRE(a.angles.size() == 3);
  CHECK(a.angles[1].value == Approx(0).margin(1e-7));  // the same plane of the first two axes
  CHECK(std::isnan(a.angles[2].value));                // the model has rank two
  CHECK(std::isnan(a.error.error));

  const Agreement alone = agree(c, {}, Blocks(names));
  CHECK(alone.own.shc.value == a.own.shc.value);
  CHECK(alone.linear.covariance.empty());
  CHECK(std::isnan(alone.error.value));
  CHECK(alone.angles.empty());
}

TEST_CASE("agreement: error bars are the scatter over repetitions", "[property]") {
  constexpr std::size_t repetitions = 60;
  std::vector<Agreement> all;
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) all.push_back(estimate(seed));
  const auto check = [&](const char* what, auto measure) {
    double mean = 0, square = 0, error = 0;
    for (const Agreement& a : all) {
      const Measured& measured = measure(a);
      mean += measured.value / repetitions;
      square += measured.value * measured.value / repetitions;
      error += measured.error / repetitions;
    }
    const double scatter = std::sqrt(square - mean * mean);
    INFO(what << ": scatter " << scatter << ", mean error bar " << error);
    CHECK(error / scatter >= 0.7);
    CHECK(error / scatter <= 1.4);
  };
  check("error", [](const Agreement& a) { return a.error; });
  check("SHC", [](const Agreement& a) { return a.own.shc; });
  check("SHC ratio", [](const Agreement& a) { return a.shc_ratio; });
  check("PR", [](const Agreement& a) { return a.own.pr; });
  check("PR ratio", [](const Agreement& a) { return a.pr_ratio; });
  check("overlap", [](const Agreement& a) { return a.top_overlap; });
  check("third angle", [](const Agreement& a) { return a.angles[2]; });
  check("energy", [](const Agreement& a) { return a.own.energy[0]; });
  check("top share", [](const Agreement& a) { return a.own.top_share[0]; });
  check("within", [](const Agreement& a) { return a.own.within; });
  CHECK(all[0].linear.shc.error <= 1e-12 * all[0].linear.shc.value);  // known exactly
}
