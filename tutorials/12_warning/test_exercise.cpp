#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include LESSON_HEADER
#include "engine/tensor/random.hpp"
#include "rdm/scoring/matched_rates.hpp"

TEST_CASE("alarms and their threshold", "[unit][lesson]") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  SECTION("only a sustained crossing counts, and its last recording is the alarm") {
    CHECK(lesson::alarm(std::vector<double>{0, 5, 0, 5, 5, 0, 5, 5, 5, 5}, 1, 3) == 8);
    CHECK(lesson::alarm(std::vector<double>{5, 5, nan, 5, 5}, 1, 3) == std::nullopt);
    CHECK(lesson::alarm(std::vector<double>{1, 1, 1, 1}, 1, 3) == std::nullopt);
    CHECK(lesson::alarm(std::vector<double>{0, 2}, 1, 1) == 1);
  }
  SECTION("at most one in twenty runs may alarm") {
    std::vector<double> maxima(20);
    for (std::size_t r = 0; r < 20; ++r) maxima[r] = static_cast<double>((7 * r) % 20);  // 0..19, shuffled
    CHECK(lesson::threshold(maxima, 0.05) == 18);                                        // only 19 is above
    maxima.resize(19);
    CHECK(lesson::threshold(maxima, 0.05) == *std::max_element(maxima.begin(), maxima.end()));
  }
  SECTION("as the engine scores") {
    premelt::Rng rng(12, "maxima");
    std::vector<double> maxima(57);
    for (double& value : maxima) value = rng.normal();
    premelt::Half half;
    half.events.push_back({{}, {}, 1, 1});
    for (const double value : maxima) half.controls.push_back({{1}, {value}, 1, 1});
    const premelt::MatchedPairs pairs(half);
    CHECK(lesson::threshold(maxima, 0.05) == pairs.threshold(pairs.all_once(), 0.05));
  }
}
