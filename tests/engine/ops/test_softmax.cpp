/// Softmax along the last axis, its logarithm and its normaliser.

#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

TEST_CASE("softmax and its relatives differentiate and do not overflow", "[property]") {
  for (const Shape& shape : {Shape{1}, Shape{5}, Shape{2, 3}, Shape{2, 3, 17}}) {
    CAPTURE(to_string(shape));
    check_gradients([](const Vs& x) { return softmax(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return log_softmax(x[0]); }, {random(shape)});
    check_gradients([](const Vs& x) { return logsumexp(x[0]); }, {random(shape)});
  }
  const V huge = Tensor<double>(Shape{1, 3}, {1000, 1001, 999});
  const V shifted = Tensor<double>(Shape{1, 3}, {0, 1, -1});
  CHECK(relative_error(softmax(huge).value(), softmax(shifted).value()) <= 1e-15);
  CHECK(logsumexp(huge).item() == Approx(1000 + logsumexp(shifted).item()));
  CHECK(sum(softmax(huge)).item() == Approx(1.0));
}
