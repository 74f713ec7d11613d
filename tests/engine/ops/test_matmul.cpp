/// Matrix products: batched, shared, transposed, with a bias.

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("products differentiate, batched, shared and transposed", "[property]") {
  struct Case {
    Shape a, b, a_transposed, b_transposed;
  };
  const std::vector<Case> cases{
      {{2, 3}, {3, 4}, {3, 2}, {4, 3}},
      {{1, 1}, {1, 1}, {1, 1}, {1, 1}},
      {{5, 1}, {1, 2}, {1, 5}, {2, 1}},
      {{2, 3, 4}, {4, 5}, {2, 4, 3}, {5, 4}},
      {{3, 4}, {2, 4, 5}, {4, 3}, {2, 5, 4}},
      {{2, 3, 4}, {2, 4, 5}, {2, 4, 3}, {2, 5, 4}},
      {{2, 2, 3, 4}, {2, 2, 4, 1}, {2, 2, 4, 3}, {2, 2, 1, 4}},
      {{2, 2, 3, 4}, {4, 2}, {2, 2, 4, 3}, {2, 4}},
  };
  for (const Case& c : cases) {
    CAPTURE(to_string(c.a), to_string(c.b));
    check_gradients([](const Vs& x) { return matmul(x[0], x[1]); }, {random(c.a), random(c.b, 2)});
    check_gradients([](const Vs& x) { return matmul_tn(x[0], x[1]); },
                    {random(c.a_transposed), random(c.b, 2)});
    check_gradients([](const Vs& x) { return matmul_nt(x[0], x[1]); },
                    {random(c.a), random(c.b_transposed, 2)});

    const V a = random(c.a), b = random(c.b, 2);
    const Tensor<double> product = matmul(a, b).value();
    CHECK(relative_error(matmul_tn(transpose(a), b).value(), product) <= 1e-14);
    CHECK(relative_error(matmul_nt(a, transpose(b)).value(), product) <= 1e-14);
  }
}

TEST_CASE("linear maps with a bias differentiate", "[property]") {
  for (const Shape& shape : {Shape{1, 4}, Shape{5, 4}, Shape{2, 3, 4}}) {
    const Tensor<double> x = random(shape), w = random({6, 4}, 2), b = random({6}, 3);
    check_gradients([](const Vs& v) { return linear(v[0], v[1], v[2]); }, {x, w, b});
    CHECK(relative_error(linear(V(x), w, b).value(), (matmul_nt(V(x), w) + b).value()) <= 1e-14);
  }
  CHECK_THROWS_WITH(linear(V(random({5, 3})), random({6, 4}), random({6})),
                    "[linear] needs x (...,F), w (G,F) and bias (G), got (5,3), (6,4) and (6)");
}

TEST_CASE("a product is the sum over the inner dimension", "[unit]") {
  const Tensor<double> a = random({2, 3, 4}), b = random({4, 5}, 2);
  const Tensor<double> c = matmul(V(a), b).value();
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 5; ++k) {
        double expected = 0;
        for (std::size_t m = 0; m < 4; ++m) expected += a(i, j, m) * b(m, k);
        CHECK(c(i, j, k) == Approx(expected).margin(1e-14));
      }
    }
  }
}
