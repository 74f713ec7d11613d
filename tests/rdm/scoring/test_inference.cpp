/// Intervals and tests against closed forms and textbook values.

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/inference.hpp"
#include "rdm/window/statistics.hpp"

using namespace premelt;

TEST_CASE("the sign test is exact", "[unit]") {
  CHECK(sign_test(std::vector<double>{1, 2, 3, 4, 5, 6}) == Approx(2.0 / 64));
  CHECK(sign_test(std::vector<double>{1, 2, 3, 4, 5, -6, 0, 0}) == Approx(2.0 * 7 / 64));
  CHECK(sign_test(std::vector<double>{-1, -2, 3}) == 1);
  CHECK(sign_test(std::vector<double>{0, 0}) == 1);
  CHECK(sign_test(std::vector<double>{}) == 1);
  // 21 of 30: 2·Σ_{k≥21} C(30,k)/2^30.
  std::vector<double> differences(30, -1.0);
  std::fill_n(differences.begin(), 21, 1.0);
  CHECK(sign_test(differences) == Approx(0.042774).margin(1e-6));
}

TEST_CASE("Holm's correction steps down and never falls", "[unit]") {
  const std::vector<double> corrected = holm(std::vector<double>{0.01, 0.04, undefined, 0.03, 0.005});
  CHECK(corrected[4] == Approx(0.02));
  CHECK(corrected[0] == Approx(0.03));
  CHECK(corrected[3] == Approx(0.06));
  CHECK(corrected[1] == Approx(0.06));
  CHECK(std::isnan(corrected[2]));
  CHECK(holm(std::vector<double>{0.7, 0.9})[0] == 1);
}

TEST_CASE("resamples count as many as there are, and their streams are their own", "[unit]") {
  const auto first = resamples(30, 7, "a", 400), again = resamples(30, 7, "a", 400),
             other = resamples(30, 7, "b", 400);
  double zeros = 0;
  for (std::size_t b = 0; b < first.size(); ++b) {
    REQUIRE(std::accumulate(first[b].runs.begin(), first[b].runs.end(), 0u) == 30);
    REQUIRE(std::accumulate(first[b].controls.begin(), first[b].controls.end(), 0u) == 7);
    REQUIRE(first[b].runs == again[b].runs);
    zeros += static_cast<double>(std::ranges::count(first[b].runs, 0u)) / 30;
  }
  CHECK(first[0].runs != other[0].runs);
  CHECK(zeros / 400 == Approx(std::pow(29.0 / 30, 30)).margin(0.01));  // left out of a resample
}

TEST_CASE("percentile intervals are between order statistics", "[unit]") {
  std::vector<double> values(1001);
  std::iota(values.rbegin(), values.rend(), 0.0);
  const Interval found = percentile_interval(values);
  CHECK(found.low == 25);
  CHECK(found.high == 975);
  CHECK(std::isnan(percentile_interval({}).low));
  // The median of 1..9: the 95 % interval of its bootstrap is that of order statistics, from B(9, 1/2).
  std::vector<double> nine(9);
  std::iota(nine.begin(), nine.end(), 1.0);
  const Interval middle = median_interval(nine, "nine");
  CHECK(middle.low == 2);
  CHECK(middle.high == 8);
  CHECK_THROWS_AS(median_interval(std::vector<double>{}, "none"), UsageError);
}

TEST_CASE("the interval of a rate is exact for independent runs, and wider for those that are not",
          "[unit]") {
  std::vector<double> independent, dependent;  // with the variance of 40 runs, and of 10
  for (int i = 0; i < 1000; ++i) {
    independent.push_back(0.2 + (i % 2 == 0 ? 1 : -1) * std::sqrt(0.2 * 0.8 / 40));
    dependent.push_back(0.2 + (i % 2 == 0 ? 1 : -1) * std::sqrt(0.2 * 0.8 / 10));
  }
  const Interval exact = rate_interval(0.2, independent, 40), wide = rate_interval(0.2, dependent, 40);
  CHECK(exact.low == Approx(clopper_pearson(8, 40).low));
  CHECK(exact.high == Approx(clopper_pearson(8, 40).high));
  CHECK(wide.low == Approx(clopper_pearson(2, 10).low));
  CHECK(wide.high == Approx(clopper_pearson(2, 10).high));
  CHECK(rate_interval(0.2, independent, 10).high ==
        Approx(wide.high));  // never surer than the runs there are
  CHECK(rate_interval(0, std::vector<double>(9, 0.0), 30).high == Approx(clopper_pearson(0, 30).high));
  CHECK(rate_interval(1, std::vector<double>(9, 1.0), 30).low == Approx(clopper_pearson(30, 30).low));
  CHECK(rate_interval(1, std::vector<double>(9, 1.0), 30).high == 1);
}
