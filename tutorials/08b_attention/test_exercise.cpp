#include <catch2/catch.hpp>

#include LESSON_HEADER
#include "engine/ops/ops.hpp"

using lesson::attend;
using lesson::Vector;

TEST_CASE("what one query reads", "[unit][lesson]") {
  const std::vector<Vector> keys{{1, 0}, {0, 1}}, values{{10, 0}, {0, 10}};
  SECTION("equal scores: the mean") {
    const Vector read = attend({1, 1}, keys, values);
    CHECK(read[0] == Approx(5));
    CHECK(read[1] == Approx(5));
  }
  SECTION("one score ahead by 1/√2") {
    const double weight = 1 / (1 + std::exp(-1 / std::sqrt(2.0)));
    CHECK(attend({1, 0}, keys, values)[0] == Approx(10 * weight));
  }
  SECTION("scores of thousands choose one value, and nothing overflows") {
    CHECK(attend({5000, 0}, keys, values)[0] == Approx(10));
  }
  SECTION("as the engine's ops compute it") {
    premelt::Rng rng(8, "test");
    Vector query;
    std::vector<Vector> many_keys(4), many_values(4);
    premelt::Tensor<double> q(premelt::Shape{1, 8}), k(premelt::Shape{4, 8}), v(premelt::Shape{4, 3});
    for (std::size_t i = 0; i < 8; ++i) query.push_back(q(0, i) = rng.normal());
    for (std::size_t t = 0; t < 4; ++t) {
      for (std::size_t i = 0; i < 8; ++i) many_keys[t].push_back(k(t, i) = rng.normal());
      for (std::size_t i = 0; i < 3; ++i) many_values[t].push_back(v(t, i) = rng.normal());
    }
    const auto scores = matmul_nt(premelt::Var<double>(q), k) / std::sqrt(8.0);
    const premelt::Tensor<double> expected = matmul(softmax(scores), v).value();
    const Vector read = attend(query, many_keys, many_values);
    for (std::size_t i = 0; i < 3; ++i) CHECK(read[i] == Approx(expected(0, i)));
  }
}
