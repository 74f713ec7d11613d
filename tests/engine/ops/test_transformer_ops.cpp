/// The ops a transformer needs: derivatives of both orders against differences, values against plain
/// arithmetic.

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("pow, normal_cdf and gelu differentiate", "[property]") {
  for (const Shape& shape : {Shape{}, Shape{7}, Shape{3, 17}}) {
    for (double exponent : {-1.5, -0.5, 0.0, 1.0, 2.0, 3.0}) {
      CAPTURE(exponent);
      check_gradients([&](const Vs& x) { return pow(x[0], exponent); }, {uniform(shape, 0.5, 2.0)});
    }
    check_gradients([](const Vs& x) { return normal_cdf(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return gelu(x[0]); }, {random(shape)});
  }
  const Tensor<double> x = random({41});
  const Tensor<double> y = gelu(V(x)).value();
  for (std::size_t i = 0; i < 41; ++i)
    CHECK(y(i) == Approx(x(i) * 0.5 * std::erfc(-x(i) / std::sqrt(2.0))).epsilon(1e-13));
}

TEST_CASE("embedding lookups differentiate and collect repeated rows", "[property]") {
  const Indices ids(Shape{2, 3}, {4, 0, 0, 2, 4, 4});
  check_gradients([&](const Vs& x) { return square(gather(x[0], ids)); }, {random({5, 3})});
  check_gradients([&](const Vs& x) { return square(scatter_rows(x[0], ids, 5)); }, {random({2, 3, 4})});
  const Tensor<double> table = random({5, 3});
  const Tensor<double> rows = gather(V(table), ids).value();
  REQUIRE(rows.shape() == Shape{2, 3, 3});
  CHECK(rows(1, 0, 2) == table(2, 2));
  CHECK_THROWS_WITH(gather(V(random({4, 3})), ids), "[gather] index 4 at position 0 is outside 0..3");
  CHECK_THROWS_WITH(gather(V(random({4})), ids), "[gather] needs a table (V,C), got (4)");
}

TEST_CASE("slice, pad, concat, where and max differentiate along every axis", "[property]") {
  const Tensor<double> x = random({2, 3, 4}), y = random({2, 3, 4}, 2);
  for (int axis : {0, 1, 2, -1}) {
    CAPTURE(axis);
    check_gradients([&](const Vs& v) { return square(slice(v[0], axis, 1, 2)); }, {x});
    check_gradients([&](const Vs& v) { return square(pad(v[0], axis, 1, 3)); }, {x});
    check_gradients([&](const Vs& v) { return square(concat<double>({v[0], v[1], v[0]}, axis)); }, {x, y});
    check_gradients([&](const Vs& v) { return square(max(v[0], axis)); }, {x});
    check_gradients([&](const Vs& v) { return square(max(v[0], axis, true)); }, {x});
  }
  const Tensor<double> mask(Shape{3, 1}, {1, 0, 1});
  check_gradients([&](const Vs& v) { return square(where(mask, v[0], v[1])); }, {x, random({4})});
  const Tensor<double> infinite(Shape{3, 1}, {1.0, INFINITY, 2.0});
  CHECK(where(mask, V(infinite), V(Tensor<double>::scalar(7))).value()(1) == 7);

  CHECK(std::isnan(max(V(Tensor<double>(Shape{3}, {1, NAN, 2})), 0).item()));
  CHECK(slice(V(x), 1, 1, 3).value()(1, 1, 3) == x(1, 2, 3));
  CHECK(concat<double>({V(x), V(y)}, 1).value()(1, 4, 2) == y(1, 1, 2));
  CHECK_THROWS_WITH(slice(V(x), 1, 2, 5),
                    "[slice] 2:5 along axis 1 of (2,3,4): needs 0 <= begin <= end <= 3");
  CHECK_THROWS_WITH(concat<double>({V(x), V(random({2, 4}))}, 1),
                    "[concat] (2,3,4) and (2,4) differ elsewhere than along axis 1");
}

TEST_CASE("norms differentiate, with and without gain", "[property]") {
  for (const Shape& shape : {Shape{5}, Shape{3, 4}, Shape{2, 3, 17}}) {
    CAPTURE(to_string(shape));
    const Tensor<double> x = random(shape), gain = random({shape.back()}, 2),
                         bias = random({shape.back()}, 3);
    check_gradients([](const Vs& v) { return rms_norm(v[0]); }, {x});
    check_gradients([](const Vs& v) { return rms_norm(v[0], v[1]); }, {x, gain});
    check_gradients([](const Vs& v) { return layer_norm(v[0]); }, {x});
    check_gradients([](const Vs& v) { return layer_norm(v[0], v[1], v[2]); }, {x, gain, bias});
  }
  const V y = layer_norm(V(random({3, 8})), 0.0);
  CHECK(sum(square(mean(y, -1))).item() <= 1e-28);
  CHECK(mean(square(y)).item() == Approx(1.0));
  CHECK(mean(square(rms_norm(V(random({3, 8})), 0.0))).item() == Approx(1.0));
}

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

TEST_CASE("dropout keeps the mean and is undone at rate 0", "[unit]") {
  Rng rng(1, "dropout");
  const V x = Tensor<double>(Shape{100, 100}, 1.0);
  CHECK(mean(dropout(x, 0.3, rng)).item() == Approx(1.0).margin(4 * std::sqrt(0.3 / 0.7) / 100));
  CHECK(sum(dropout(x, 0.0, rng)).item() == 10000);
  CHECK_THROWS_AS(dropout(x, 1.0, rng), Error);
}
