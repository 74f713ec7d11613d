#include <catch2/catch.hpp>
#include <cmath>

#include "engine/random.hpp"

using namespace premelt;

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

TEST_CASE("below is uniform and in range", "[property]") {
  Rng rng(3, "sampling");
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  for (int count : counts) CHECK(std::abs(count - 10000) < 5 * std::sqrt(10000.0 * 6 / 7));
}
