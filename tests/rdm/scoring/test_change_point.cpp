#include "rdm/scoring/change_point.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/tensor/random.hpp"

using namespace premelt;

namespace {

/// ±1 in turn, and lower by `fall` from `change` on: mean 0 and standard deviation 1 before.
std::vector<double> alternating(std::size_t count, std::size_t change, double fall) {
  std::vector<double> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = (i % 2 == 0 ? 1.0 : -1.0) - (i >= change ? fall : 0.0);
  return x;
}

}  // namespace

TEST_CASE("CUSUM of a planted fall: each recording adds the fall less a half", "[unit]") {
  // The last six are lower by 4: each adds 4 - x - 1/2; before, the sum is at most 1/2.
  const auto x = alternating(20, 14, 4);
  double sum = 0;
  for (std::size_t i = 10; i < 20; ++i) sum = std::max(0.0, sum - x[i] - 0.5);
  CHECK(cusum(x) == Approx(sum).epsilon(1e-12));
  CHECK(cusum(x) >= 6 * 3.5 - 1e-9);
  CHECK(cusum(alternating(20, 20, 0)) <= 0.5);
  CHECK(cusum(alternating(20, 14, -4)) <= 0.5);  // a rise
  std::vector<double> scaled = x;
  for (double& value : scaled) value = 7 + 1e-3 * value;
  CHECK(cusum(scaled) == Approx(cusum(x)).epsilon(1e-9));
  CHECK(std::isnan(cusum(std::vector<double>(20, 0.3))));
  CHECK(std::isnan(cusum(std::vector<double>{1, 2, 3})));
}

TEST_CASE("Page and Hinkley's test of a planted fall is its closed form, and nothing on a rise", "[unit]") {
  // Of m zeros and then k times -1: x_i − x̄_i = −1 + (i − m)/i.
  constexpr std::size_t m = 30, k = 10;
  std::vector<double> x(m, 0.0);
  x.resize(m + k, -1.0);
  double expected = 0;
  for (std::size_t i = m + 1; i <= m + k; ++i) expected += static_cast<double>(m) / static_cast<double>(i);
  CHECK(page_hinkley(x) == Approx(expected).epsilon(1e-12));
  for (double& value : x) value = 5 - 2 * value;
  CHECK(page_hinkley(x) <= 1e-12);
  CHECK(std::isnan(page_hinkley({})));
}

TEST_CASE("both tests are louder on a fall than on noise in 99 of 100 draws", "[property]") {
  Rng rng(3, "change");
  int cusum_louder = 0, page_hinkley_louder = 0;
  for (int draw = 0; draw < 100; ++draw) {
    std::vector<double> noise(40);
    for (double& value : noise) value = rng.normal();
    std::vector<double> fall = noise;
    for (std::size_t i = 28; i < 40; ++i) fall[i] -= 3;
    cusum_louder += cusum(fall) > cusum(noise);
    page_hinkley_louder += page_hinkley(fall) > page_hinkley(noise);
  }
  CHECK(cusum_louder >= 99);
  CHECK(page_hinkley_louder >= 99);
}
