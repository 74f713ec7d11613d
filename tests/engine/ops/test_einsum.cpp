/// Products of named axes against the plain loop over all indices.

#include <map>

#include "engine/gradient/per_sample.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

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

TEST_CASE("an outer product keeps the samples of its rows", "[unit]") {
  CHECK(outer(batched(random({3})), random({2})).samples() == Samples::batched);
  CHECK_THROWS_WITH(outer(V(random({2, 3})), random({4})), "[outer] needs two vectors, got (2,3) and (4)");
}
