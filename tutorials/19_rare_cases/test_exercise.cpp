#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include LESSON_HEADER
#include "tutorials/19_rare_cases/continual.hpp"

using namespace premelt;
using lesson::change_of;

TEST_CASE("who got worse, in a window of losses", "[unit][lesson]") {
  const Blocks blocks(std::vector<std::string>{"rare", "common", "common"});
  const Tensor<double> losses(Shape{4, 3}, {1, 5, 5, 2, 5, 5, 3, 4, 4, 6, 4, 2});
  CHECK(change_of(losses, blocks, 0) == Approx(3).epsilon(1e-12));
  CHECK(change_of(losses, blocks, 1) == Approx(-1.5).epsilon(1e-12));
}

TEST_CASE("a rare mode without data fades as its decay says", "[unit][lesson]") {
  lesson::Continual network(3, false);
  const double before = network.remembered();
  for (int step = 0; step < 200; ++step) network.step();
  const double formula = before * std::pow(1 - lesson::rate * lesson::decay, 400);
  CHECK(std::abs(network.remembered() / formula - 1) <= 0.01);
}
