/// Root mean square and layer norms.

#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

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
