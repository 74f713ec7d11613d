#include <catch2/catch.hpp>

#include LESSON_HEADER

using namespace lesson;

namespace {

/// a, then `count` doublings b = a + a; c = b + b; ..., the last node first.
std::vector<Line> doublings(std::size_t count) {
  std::vector<Line> nodes(count + 1);
  for (std::size_t i = 0; i < count; ++i) nodes[i] = {"+", 0, {{i + 1, 1}, {i + 1, 1}}};
  nodes[count] = {"a", 0, {}};
  return nodes;
}

}  // namespace

TEST_CASE("gradients of a graph in any order", "[unit][lesson]") {
  // b = a + a; c = b + b. So c = 4a.
  const std::vector<double> gradient = gradients(doublings(2), 0);
  REQUIRE(gradient == std::vector<double>{1, 2, 4});

  SECTION("a product that is used twice: y = (x * w) * (x * w) + x at x = 3, w = 2") {
    const std::vector<Line> nodes{{"+", 39, {{4, 1}, {2, 1}}},  // y
                                  {"w", 2, {}},
                                  {"x", 3, {}},
                                  {"*", 6, {{2, 2}, {1, 3}}},
                                  {"*", 36, {{3, 6}, {3, 6}}}};
    CHECK(gradients(nodes, 0) == std::vector<double>{1, 36, 25, 12, 1});
  }
  SECTION("nodes the output does not depend on have no gradient") {
    CHECK(gradients(doublings(2), 1) == std::vector<double>{0, 1, 2});
  }
  SECTION("each node is left once, not once a path: 60 doublings have 10^18 paths") {
    CHECK(gradients(doublings(60), 0).back() == std::ldexp(1.0, 60));
  }
  SECTION("a chain of a million nodes") {
    std::vector<Line> chain(1'000'000);
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) chain[i] = {"-", 0, {{i + 1, -1}}};
    CHECK(gradients(chain, 0).back() == -1);
  }
}
