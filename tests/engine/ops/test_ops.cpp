/// What all ops have in common: errors that say what is wrong, and one code for both precisions.

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

TEST_CASE("shape errors name the op, the shapes and the rule", "[unit]") {
  const V a = random({2, 3}), b = random({4, 5}), scalar = random({});
  const Labels labels(Shape{2}, {0, 3});
  CHECK_THROWS_WITH(matmul(a, b), "[matmul] inner dimensions differ: (2,3) x (4,5), 3 != 4");
  CHECK_THROWS_WITH(matmul_nt(a, b), "[matmul_nt] inner dimensions differ: (2,3) x (4,5), 3 != 5");
  CHECK_THROWS_WITH(matmul(a, scalar), "[matmul] operands need at least two axes: (2,3) x ()");
  CHECK_THROWS_WITH(matmul(V(random({2, 3, 4})), random({3, 4, 5})),
                    "[matmul] leading axes differ: (2,3,4) x (3,4,5), (2) != (3)");
  CHECK_THROWS_WITH(
      add(a, b),
      "[add] shapes do not broadcast: (2,3) and (4,5): aligned from the right, extents must be equal "
      "or 1, but 2 != 4");
  CHECK_THROWS_WITH(sum(a, 2), "[sum] axis 2 is outside shape (2,3) of rank 2");
  CHECK_THROWS_WITH(sum(a, {0, -2}), "[sum] axis -2 of shape (2,3) is named twice");
  CHECK_THROWS_WITH(reshape(a, {4}), "[reshape] (2,3) -> (4): sizes differ, 6 != 4");
  CHECK_THROWS_WITH(permute(a, {0, 0}), "[permute] the order must name every axis of shape (2,3) once");
  CHECK_THROWS_WITH(expand(a, {3, 3}), Catch::Contains("[expand]") && Catch::Contains("(2,3)"));
  CHECK_THROWS_WITH(transpose(scalar), "[transpose] needs at least two axes, shape is ()");
  CHECK_THROWS_WITH(softmax(scalar), "[softmax] needs at least one axis, shape is ()");
  CHECK_THROWS_WITH(squared_error(a, b),
                    "[squared_error] outputs and targets must have one shape (B,...): (2,3) and (4,5)");
  CHECK_THROWS_WITH(
      cross_entropy(b, labels),
      "[cross_entropy] labels must have the logits' shape without its last axis: logits (4,5), labels (2)");
  CHECK_THROWS_WITH(cross_entropy(a, labels),
                    "[cross_entropy] label 3 at position 1 is outside 0..2: logits (2,3), labels (2)");
  CHECK_THROWS_AS(matmul(a, b), ShapeError);
}

TEST_CASE("float and double agree on a small network and its gradients", "[unit]") {
  const Tensor<double> x = random({8, 5}), w1 = random({5, 7}, 2), b1 = random({7}, 3),
                       w2 = random({7, 3}, 4);
  const Labels labels(Shape{8}, {0, 1, 2, 2, 1, 0, 1, 1});
  const auto gradients = [&]<class T>(T) {
    Tape<T> tape;
    const std::vector<Var<T>> p{tape.variable(cast<T>(w1)), tape.variable(cast<T>(b1)),
                                tape.variable(cast<T>(w2))};
    const Var<T> hidden = tanh(matmul(Var<T>(cast<T>(x)), p[0]) + p[1]);
    return gradient(mean(cross_entropy(matmul(hidden, p[2]), labels)), p);
  };
  const auto single = gradients(float{});
  const auto reference = gradients(double{});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(relative_error(single[i].value(), reference[i].value()) <= 1e-5);
  }
}
