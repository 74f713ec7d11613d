/// Products of named axes against the plain loop over all indices; parts of tensors, running sums, spreads.

#include <map>

#include "engine/gradient/per_sample.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

/// Data that hang on a parameter: constants belong to all samples once they mix them.
V data(Tape<double>& tape, const Tensor<double>& x) {
  return batched(x) * tape.variable(Tensor<double>::scalar(1));
}

/// Σ a·b over all indices that the output does not name, one product at a time.
Tensor<double> loop(const std::string& la, const std::string& lb, const std::string& out,
                    const Tensor<double>& a, const Tensor<double>& b) {
  std::map<char, std::size_t> extent;
  for (std::size_t i = 0; i < la.size(); ++i) extent[la[i]] = a.shape()[i];
  for (std::size_t i = 0; i < lb.size(); ++i) extent[lb[i]] = b.shape()[i];
  Shape shape;
  for (char letter : out) shape.push_back(extent[letter]);
  Tensor<double> result(shape, 0.0);
  std::map<char, std::size_t> index;
  for (const auto& [letter, size] : extent) index[letter] = 0;
  const auto place = [&](const std::string& letters) {
    std::size_t at = 0;
    for (char letter : letters) at = at * extent[letter] + index[letter];
    return at;
  };
  while (true) {
    result.data()[place(out)] += a.data()[place(la)] * b.data()[place(lb)];
    auto digit = index.begin();
    while (digit != index.end() && ++digit->second == extent[digit->first]) (digit++)->second = 0;
    if (digit == index.end()) return result;
  }
}

}  // namespace

TEST_CASE("einsum is the sum over all indices, and differentiates", "[property]") {
  const std::map<char, std::size_t> extent{{'b', 2}, {'c', 3}, {'i', 3}, {'j', 4}, {'k', 2}, {'l', 5}};
  const std::vector<std::array<std::string, 3>> cases{
      {"ij", "jk", "ik"},    {"ij", "jk", "ki"},     {"ij", "kj", "ik"},       {"ji", "jk", "ki"},
      {"bij", "bjk", "bik"}, {"bij", "jk", "bik"},   {"ij", "bj", "bi"},       {"bij", "bkj", "kbi"},
      {"ij", "ij", "ij"},    {"ij", "ij", ""},       {"i", "j", "ij"},         {"i", "i", ""},
      {"ijk", "kl", "jl"},   {"ij", "k", "ki"},      {"bcij", "bcjk", "cbki"}, {"ij", "ji", "j"},
      {"", "ij", "ji"},      {"bijl", "klij", "bk"}, {"cbi", "cij", "cbj"}};
  for (const auto& [la, lb, out] : cases) {
    const std::string specification = la + "," + lb + "->" + out;
    CAPTURE(specification);
    const auto tensor = [&](const std::string& letters, std::uint64_t seed) {
      Shape shape;
      for (char letter : letters) shape.push_back(extent.at(letter));
      return random(shape, seed);
    };
    const Tensor<double> a = tensor(la, 1), b = tensor(lb, 2);
    CHECK(relative_error(einsum(specification, V(a), b).value(), loop(la, lb, out, a, b)) <= 1e-13);
    check_gradients([&](const Vs& x) { return einsum(specification, x[0], x[1]); }, {a, b});
  }
  CHECK(relative_error(outer(V(random({3})), random({4}, 2)).value(),
                       loop("i", "j", "ij", random({3}), random({4}, 2))) <= 1e-15);
}

TEST_CASE("einsum says what is wrong with a specification", "[unit]") {
  const V a = random({2, 3}), b = random({4, 5});
  CHECK_THROWS_WITH(einsum("ij->i", a, b), "[einsum] \"ij->i\": needs two operands, as in \"ij,jk->ik\"");
  CHECK_THROWS_WITH(einsum("ij,jk,kl", a, b), Catch::Contains("needs two operands"));
  CHECK_THROWS_WITH(einsum("ij,jk->ik", a, b), "[einsum] \"ij,jk->ik\": 'j' is 3 in (2,3) and 4 in (4,5)");
  CHECK_THROWS_WITH(einsum("ijk,kl->il", a, b),
                    "[einsum] \"ijk,kl->il\": \"ijk\" names 3 axes, the shape is (2,3)");
  CHECK_THROWS_WITH(einsum("ii,kl->il", a, b),
                    "[einsum] \"ii,kl->il\": 'i' stands twice in \"ii\": diagonals are not taken");
  CHECK_THROWS_WITH(einsum("ij,kl->im", a, b), "[einsum] \"ij,kl->im\": 'm' of the output is in no operand");
  CHECK_THROWS_WITH(einsum("...j,kl->jk", a, b), "[einsum] \"...j,kl->jk\": axes are letters, got '.'");
  CHECK_THROWS_WITH(outer(a, b), "[outer] needs two vectors, got (2,3) and (4,5)");
}

TEST_CASE("einsum with a parameter gives the per-sample gradients of matmul", "[unit]") {
  Tape<double> tape;
  const V x = batched(random({4, 2, 3})), w = tape.variable(random({3, 5}));
  const auto rows = [&](const V& y) { return per_sample_gradients(sum(square(y), {1, 2}), {w})[0]; };
  const Tensor<double> expected = rows(matmul(x, w));
  CHECK(relative_error(rows(einsum("bti,ij->btj", x, w)), expected) <= 1e-14);
  CHECK(relative_error(rows(einsum("ij,bti->btj", w, x)), expected) <= 1e-14);
  CHECK(relative_error(rows(einsum("bti,ij->bjt", x, w)), expected) <= 1e-14);
  CHECK_THROWS_WITH(rows(einsum("bti,ij->tbj", x, w)), Catch::Contains("[per_sample]"));
}

TEST_CASE("stack and split join and part, and differentiate", "[property]") {
  const Tensor<double> a = random({2, 3}), b = random({2, 3}, 2);
  for (int axis : {0, 1, 2, -1, -3}) {
    check_gradients([&](const Vs& x) { return square(stack(x, axis)); }, {a, b});
  }
  const Tensor<double> last = stack<double>({V(a), V(b)}, -1).value();
  REQUIRE(last.shape() == Shape{2, 3, 2});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(last(i, j, 0) == a(i, j));
      CHECK(last(i, j, 1) == b(i, j));
    }
  }
  const std::vector<V> parts = split(V(a), {1, 2}, -1);
  REQUIRE(parts.size() == 2);
  CHECK(relative_error(concat(parts, 1).value(), a) == 0);
  check_gradients([](const Vs& x) { return square(split(x[0], {1, 2}, 1)[1]); }, {a});
  Tape<double> tape;
  const V x = data(tape, a), y = data(tape, b);
  CHECK(stack<double>({x, y}, 1).samples() == Samples::batched);
  CHECK(stack<double>({x, y}, 0).samples() == Samples::mixed);
  CHECK_THROWS_WITH(stack<double>({V(a), V(random({3, 2}))}, 0),
                    "[stack] all parts need one shape: (2,3) and (3,2)");
  CHECK_THROWS_WITH(split(V(a), {1, 1}, 1),
                    "[split] the sizes must add up to the extent of axis 1 of (2,3): 2 != 3");
}

TEST_CASE("running sums, variances and powers differentiate", "[property]") {
  const Tensor<double> x = random({2, 3, 4});
  for (int axis : {0, 1, 2, -1}) {
    check_gradients([&](const Vs& v) { return square(cumsum(v[0], axis)); }, {x});
  }
  for (const Axes& axes : {Axes{0}, Axes{1, -1}, Axes{2, 0}, Axes{0, 1, 2}}) {
    for (bool keepdims : {false, true}) {
      check_gradients([&](const Vs& v) { return square(variance(v[0], axes, keepdims)); }, {x});
      check_gradients([&](const Vs& v) { return stddev(v[0], axes, keepdims, 0); }, {x});
    }
  }
  check_gradients([](const Vs& v) { return pow(v[0], v[1]); }, {uniform({2, 3}, 0.3, 2), random({3}, 2)});
  // x^0 is 1 for every x, and yet its slope in x has a slope in the exponent: 1/x.
  Tape<double> tape;
  const V base = tape.variable(Tensor<double>::scalar(4)),
          exponent = tape.variable(Tensor<double>::scalar(0));
  const V slope = gradient(pow(base, exponent), {base}, {.create_graph = true})[0];
  CHECK(slope.item() == 0);
  CHECK(gradient(slope, {exponent})[0].item() == 0.25);
}

TEST_CASE("running sums and variances have the numbers of their definitions", "[unit]") {
  const Tensor<double> x(Shape{2, 3}, {1, 2, 6, 4, 5, 9});
  const Tensor<double> along = cumsum(V(x), 1).value(), down = cumsum(V(x), 0).value();
  CHECK(along(0, 2) == 9);
  CHECK(along(1, 1) == 9);
  CHECK(down(0, 1) == 2);
  CHECK(down(1, 2) == 15);
  CHECK(variance(V(x), 1).value()(0) == 7);
  CHECK(variance(V(x), 1, true, 0).value()(0, 0) == Approx(14.0 / 3));
  CHECK(stddev(V(x), 1).value()(1) == Approx(std::sqrt(7)));
  CHECK(std::isnan(variance(V(random({3, 1})), 1).value()(0)));
  Tape<double> tape;
  CHECK(cumsum(data(tape, x), 1).samples() == Samples::batched);
  CHECK(cumsum(data(tape, x), 0).samples() == Samples::mixed);
  CHECK(variance(data(tape, x), 1).samples() == Samples::batched);
  CHECK(variance(data(tape, x), 0, true).samples() == Samples::mixed);
  CHECK(outer(data(tape, random({3})), random({2})).samples() == Samples::batched);
  CHECK_THROWS_WITH(variance(V(x), {0, 0}), "[variance] axis 0 of shape (2,3) is named twice");
  CHECK_THROWS_WITH(cumsum(V(x), 2), "[cumsum] axis 2 is outside shape (2,3) of rank 2");
}

TEST_CASE("the variance of numbers with a large mean keeps its digits", "[unit]") {
  // E[x²] - E[x]² would be off by more than the variance itself.
  const Tensor<double> x = random({1000});
  const Tensor<double> far = (V(x) + std::ldexp(1.0, 30)).value();
  CHECK(variance(V(far), 0).item() == Approx(variance(V(x), 0).item()).epsilon(1e-6));
  const Tensor<float> few(Shape{4}, {4e6F, 4e6F + 1, 4e6F + 1, 4e6F + 2});
  CHECK(variance(Var<float>(few), 0, false, 0).item() == 0.5F);
}
