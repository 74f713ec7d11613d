/// Heads, masks, rotary positions and fused attention beside its composition.

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("heads, masks and rotary positions differentiate", "[property]") {
  check_gradients([](const Vs& v) { return square(split_heads(v[0], 2)); }, {random({2, 3, 4})});
  check_gradients([](const Vs& v) { return square(merge_heads(v[0])); }, {random({2, 2, 3, 4})});
  check_gradients([](const Vs& v) { return softmax(causal_mask(v[0])); }, {random({2, 3, 3})});
  check_gradients([](const Vs& v) { return square(rotary(v[0], 2)); }, {random({2, 5, 8})});
  const V x = random({2, 3, 4});
  CHECK(relative_error(merge_heads(split_heads(x, 2)).value(), x.value()) == 0);
  CHECK_THROWS_WITH(split_heads(x, 3), "[split_heads] needs (B,T,C) with C divisible by 3, got (2,3,4)");
}

TEST_CASE("rotary scores depend on relative positions only", "[property]") {
  const Tensor<double> row = random({8}), other = random({8}, 2);
  const V q = rotary(expand(V(row), {1, 9, 8}), 1), k = rotary(expand(V(other), {1, 9, 8}), 1);
  const Tensor<double> scores = matmul_nt(q, k).value();
  for (std::size_t i = 1; i < 9; ++i) {
    for (std::size_t j = 1; j < 9; ++j) CHECK(scores(0, i, j) == Approx(scores(0, i - 1, j - 1)));
  }
}

TEST_CASE("fused attention equals its composition and differentiates", "[property]") {
  for (bool causal : {false, true}) {
    CAPTURE(causal);
    const Tensor<double> q = random({2, 5, 6}), k = random({2, 5, 6}, 2), v = random({2, 5, 6}, 3);
    const V weights = attention_weights(V(q), V(k), 3, causal);
    const V composed = merge_heads(matmul(weights, split_heads(V(v), 3)));
    CHECK(relative_error(attention(V(q), V(k), V(v), 3, causal).value(), composed.value()) <= 1e-14);
    CHECK(relative_error(self_attention(concat<double>({V(q), V(k), V(v)}, -1), 3, causal).value(),
                         composed.value()) <= 1e-14);
    check_gradients([&](const Vs& x) { return attention(x[0], x[1], x[2], 3, causal); }, {q, k, v});
    check_gradients([&](const Vs& x) { return self_attention(x[0], 2, causal); }, {random({2, 4, 12})});
    check_gradients([&](const Vs& x) { return attention(x[0], x[0], x[0], 1, causal); }, {q});
  }
  const V q = random({2, 3, 4}), k = random({2, 3, 4});
  CHECK_THROWS_WITH(attention(q, k, V(random({2, 3, 6})), 2),
                    "[attention] q, k and v must have one shape: (2,3,4), (2,3,4), (2,3,6)");
  CHECK_THROWS_WITH(self_attention(q, 2),
                    "[self_attention] needs (B,T,C) with C divisible by 6, got (2,3,4)");
}

TEST_CASE("fused attention equals its composition over several blocks of positions, and for huge scores",
          "[property]") {
  const auto composed = [](const Vs& x, bool causal) {
    return merge_heads(matmul(attention_weights(x[0], x[1], 2, causal), split_heads(x[2], 2)));
  };
  for (bool causal : {false, true}) {
    CAPTURE(causal);
    Tape<double> tape;
    Vs x, huge;
    for (std::uint64_t seed : std::vector<std::uint64_t>{1, 2, 3}) {
      x.push_back(tape.variable(random({2, 19, 6}, seed)));
      huge.push_back(50.0 * x.back().detach());  // scores of some thousands
    }
    CHECK(relative_error(attention(huge[0], huge[1], huge[2], 2, causal).value(),
                         composed(huge, causal).value()) <= 1e-13);
    const V y = attention(x[0], x[1], x[2], 2, causal), cotangent = random({2, 19, 6}, 4);
    const Vs fused = gradient(y, x, {.cotangent = cotangent}),
             plain = gradient(composed(x, causal), x, {.cotangent = cotangent});
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(relative_error(fused[i].value(), plain[i].value()) <= 1e-13);
    }
  }
}

TEST_CASE("a causal query does not see later positions", "[unit]") {
  const Tensor<double> x = random({1, 6, 12});
  Tensor<double> changed = x.clone();
  for (std::size_t c = 0; c < 12; ++c) changed(0, 5, c) += 1;
  const Tensor<double> before = self_attention(V(x), 2).value(),
                       after = self_attention(V(changed), 2).value();
  for (std::size_t i = 0; i < 5 * 4; ++i) CHECK(before.data()[i] == after.data()[i]);
  CHECK(before(0, 5, 0) != after(0, 5, 0));
}
