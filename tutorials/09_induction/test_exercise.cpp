#include <catch2/catch.hpp>
#include <vector>

#include LESSON_HEADER
#include "engine/ops/softmax.hpp"
#include "engine/tensor/random.hpp"
#include "models/tasks/repeated_sequences.hpp"

using namespace premelt;
using lesson::induction_score;

TEST_CASE("the induction score of an attention pattern", "[unit][lesson]") {
  constexpr std::size_t length = 10, period = 3;
  SECTION("all on the successor of the last copy") {
    Tensor<double> weights(Shape{length, length}, 0.0);
    for (std::size_t t = 0; t < length; ++t) weights(t, t >= period ? t - period + 1 : 0) = 1;
    CHECK(induction_score(weights, period) == Approx(1));
  }
  SECTION("shared among the successors of all copies") {
    Tensor<double> weights(Shape{length, length}, 0.0);
    for (std::size_t t = 0; t < length; ++t) {
      const std::size_t copies = t / period;
      for (std::size_t m = 1; m <= copies; ++m)
        weights(t, t - m * period + 1) = 1 / static_cast<double>(copies);
    }
    CHECK(induction_score(weights, period) == Approx(1));
  }
  SECTION("on the copies themselves: that is no induction") {
    Tensor<double> weights(Shape{length, length}, 0.0);
    for (std::size_t t = 0; t < length; ++t) weights(t, t >= period ? t - period : 0) = 1;
    CHECK(induction_score(weights, period) == Approx(0).margin(1e-12));
  }
  SECTION("any pattern: as the engine scores it") {
    Rng rng(9, "attention");
    const Tensor<double> weights = softmax<double>(normal_tensor<double>(Shape{length, length}, rng)).value();
    const std::vector<std::size_t> periods{period};
    const double wanted = head_scores(weights.reshape(Shape{1, 1, length, length}), periods).induction;
    CHECK(induction_score(weights, period) == Approx(wanted));
  }
}
