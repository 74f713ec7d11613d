#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <set>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;

namespace {

/// The quantile function by Newton's method in long double, from a start that is nearly right.
long double reference_quantile(double probability, double start) {
  const long double tail = probability < 0.5 ? probability : 1 - probability;
  long double z = -std::abs(start);
  for (int i = 0; i < 4; ++i) {
    const long double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<long double>);
    z -= (std::erfc(-z / std::numbers::sqrt2_v<long double>) / 2 - tail) / density;
  }
  return probability < 0.5 ? z : -z;
}

}  // namespace

TEST_CASE("philox gives the published known-answer vectors", "[unit][golden]") {
  // Known answers of Random123's kat_vectors for philox4x32-10.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("streams are reproducible, independent by name and continue from a stored state", "[unit]") {
  Rng a(7, "init"), b(7, "init"), c(7, "data"), d(8, "init");
  const std::uint64_t first = a.bits();
  CHECK(first == b.bits());
  CHECK(first != c.bits());
  CHECK(first != d.bits());
  for (int i = 0; i < 5; ++i) a.normal();
  Rng resumed(a.state());
  for (int i = 0; i < 5; ++i) CHECK(a.bits() == resumed.bits());
}

TEST_CASE("normal deviates have the moments and quantiles of the normal law", "[property]") {
  CHECK(normal_quantile(0.5) == 0.0);
  CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-15));
  CHECK(normal_quantile(1e-10) == Approx(-6.361340902404056).epsilon(1e-14));
  CHECK(normal_quantile(0.95) == Approx(1.6448536269514722).epsilon(1e-15));
  Rng rng(1, "sampling");
  const int n = 200000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < n; ++i) {
    const double z = rng.normal();
    sum += z, squares += z * z, fourth += z * z * z * z;
  }
  // Four standard errors each: 1/sqrt(n), sqrt(2/n), sqrt(96/n).
  CHECK(std::abs(sum / n) < 4 / std::sqrt(n));
  CHECK(std::abs(squares / n - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(fourth / n - 3) < 4 * std::sqrt(96.0 / n));
}

TEST_CASE("uniform deviates stay inside the open interval, with 53 bits", "[unit]") {
  CHECK(unit_interval(0) == 0x1p-54);
  CHECK(unit_interval(~std::uint64_t{0}) == 1 - 0x1p-53);
  CHECK(std::isfinite(normal_quantile(unit_interval(~std::uint64_t{0}))));
  // One step of the 53-bit grid is one step of the deviate, and the bits below it do not count.
  CHECK(unit_interval(std::uint64_t{1} << 11) == 0x3p-54);
  CHECK(unit_interval((std::uint64_t{1} << 11) - 1) == 0x1p-54);
  Rng rng(1, "sampling"), words(1, "sampling");
  for (int i = 0; i < 100; ++i) CHECK(rng.uniform() == unit_interval(words.bits()));
}

TEST_CASE("the normal quantile is within 1e-15 of the exact one", "[property]") {
  long double worst = 0;
  const auto compare = [&](double p) {
    const double z = normal_quantile(p);
    const long double exact = reference_quantile(p, z);
    worst = std::max(worst, std::abs((z - exact) / exact));
  };
  for (int i = 1; i < 4000; ++i) {
    if (i != 2000) compare(i / 4000.0);
  }
  for (int k = 2; k <= 1022; k += 3) compare(0.7 * std::ldexp(1.0, -k));
  for (int k = 2; k <= 53; ++k) compare(1 - std::ldexp(1.0, -k));
  REQUIRE(worst <= 1e-15L);
  CHECK(normal_quantile(0) == -std::numeric_limits<double>::infinity());
  CHECK(normal_quantile(1) == std::numeric_limits<double>::infinity());
  for (double outside : {-0.1, 1.1, std::nan("")}) CHECK(std::isnan(normal_quantile(outside)));
}

TEST_CASE("below is uniform and in range", "[property]") {
  Rng rng(3, "sampling");
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  for (int count : counts) CHECK(std::abs(count - 10000) < 5 * std::sqrt(10000.0 * 6 / 7));
  CHECK(rng.below(1) == 0);
  CHECK_THROWS_AS(rng.below(0), Error);
  // A remainder would make the lowest third of these twice as likely as the others.
  const std::uint64_t third = std::uint64_t{1} << 62;
  int low = 0;
  for (int i = 0; i < 9000; ++i) low += rng.below(3 * third) < third;
  CHECK(std::abs(low - 3000) < 5 * std::sqrt(9000.0 * 2 / 9));
}

TEST_CASE("uniform numbers have all their 53 bits", "[property]") {
  Rng rng(5, "sampling");
  std::set<double> seen;
  for (int i = 0; i < 100000; ++i) seen.insert(rng.uniform());
  CHECK(seen.size() == 100000);  // of numbers with 24 bits, about 300 would come twice
}
