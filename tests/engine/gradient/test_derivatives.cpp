#include "engine/gradient/derivatives.hpp"

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;
using Vs = std::vector<V>;

namespace {

/// A loss with derivatives of every order.
V smooth_loss(const V& w) {
  return sum(square(tanh(matmul(V(random({5, 3}, 8)), w)))) + sum(exp(0.3 * w));
}

}  // namespace

TEST_CASE("the Hessian of a quadratic is its matrix", "[property]") {
  Tape<double> tape;
  const V half = random({6, 6}), a = half + transpose(half);
  const V x = tape.variable(random({6, 1}, 2)), v = random({6, 1}, 3);
  const V loss = 0.5 * sum(matmul_tn(x, matmul(a, x)));
  CHECK(relative_error(hvp(loss, {x}, {v})[0].value(), matmul(a, v).value()) <= 1e-14);
  double trace = 0;
  for (std::size_t i = 0; i < 6; ++i) trace += a.value()(i, i);
  Rng rng(1, "probes");
  CHECK(hessian_trace(sum(square(x)) * V(Tensor<double>::scalar(1.5)), {x}, 1, rng) == Approx(18.0));
  CHECK(hessian_trace(loss, {x}, 4000, rng) ==
        Approx(trace).margin(4 * std::sqrt(2 * sum(square(a)).item() / 4000)));
}

TEST_CASE("the Hessian of a two-layer linear network has its closed form", "[property]") {
  // L = ½‖BA - M‖², R = BA - M: HA-part = Bᵀ(B dA + dB A) + dBᵀR, HB-part = (B dA + dB A)Aᵀ + R dAᵀ.
  Tape<double> tape;
  const V m = random({4, 5}), a = tape.variable(random({3, 5}, 2)), b = tape.variable(random({4, 3}, 3));
  const V da = random({3, 5}, 4), db = random({4, 3}, 5);
  const V residual = matmul(b, a) - m;
  const Vs h = hvp(0.5 * sum(square(residual)), {a, b}, {da, db});
  const V change = matmul(b, da) + matmul(db, a);
  CHECK(relative_error(h[0].value(), (matmul_tn(b, change) + matmul_tn(db, residual)).value()) <= 1e-13);
  CHECK(relative_error(h[1].value(), (matmul_nt(change, a) + matmul_nt(residual, da)).value()) <= 1e-13);
}

TEST_CASE("hvp and the trace's gradient agree with differences", "[property]") {
  const Tensor<double> at = random({3, 4}), direction = random({3, 4}, 2);
  const auto moved = [&](double distance) { return (V(at) + distance * V(direction)).value(); };
  const auto slope = [&](const Tensor<double>& w) {
    Tape<double> tape;
    const V x = tape.variable(w);
    return gradient(smooth_loss(x), {x})[0].value();
  };
  const double h = 1e-5;
  Tape<double> tape;
  const V w = tape.variable(at), loss = smooth_loss(w);
  const V difference = (V(slope(moved(h))) - slope(moved(-h))) / (2 * h);
  CHECK(relative_error(hvp(loss, {w}, {V(direction)})[0].value(), difference.value()) <= 1e-7);

  // The exact trace: one curvature for each coordinate.
  const auto trace = [&](const Tensor<double>& at_point) {
    Tape<double> own;
    const V x = own.variable(at_point), y = smooth_loss(x);
    double total = 0;
    for (std::size_t i = 0; i < x.value().size(); ++i) {
      Tensor<double> unit(x.shape(), 0.0);
      unit.data()[i] = 1;
      total += curvature(y, {x}, {V(unit)}).item();
    }
    return total;
  };
  const double change = (trace(moved(h)) - trace(moved(-h))) / (2 * h);
  const std::size_t before = tape.size();
  Rng rng(5, "probes");
  double mean_slope = 0, squares = 0;
  const int draws = 400;
  for (int i = 0; i < draws; ++i) {
    const Tensor<double> g = hessian_trace_gradient(loss, {w}, 1, rng)[0];
    const double along = sum(V(g) * direction).item();
    mean_slope += along / draws, squares += along * along / draws;
  }
  CHECK(std::abs(mean_slope - change) <= 4 * std::sqrt((squares - mean_slope * mean_slope) / draws));
  CHECK(tape.size() == before);
}

TEST_CASE("the trace's gradient is exact where the Hessian is diagonal", "[property]") {
  Tape<double> tape;
  const V x = tape.variable(random({7}));
  Rng rng(1, "probes");
  const Tensor<double> g = hessian_trace_gradient(sum(exp(2.0 * x)), {x}, 2, rng)[0];
  CHECK(relative_error(g, (8.0 * exp(2.0 * x)).value()) <= 1e-14);
}

TEST_CASE("jvp is the directional derivative and linear maps have zero curvature", "[property]") {
  Tape<double> tape;
  const V x = tape.variable(random({3, 4})), v = random({3, 4}, 2);
  const double h = 1e-5;
  const auto f = [](const V& at) { return tanh(matmul(at, V(random({4, 2}, 3)))); };
  const V difference = (f(x.detach() + h * v) - f(x.detach() - h * v)) / (2 * h);
  CHECK(relative_error(jvp(f(x), {x}, {v}).value(), difference.value()) <= 1e-8);
  CHECK(sum(square(hvp(sum(x), {x}, {v})[0])).item() == 0);
  CHECK_THROWS_WITH(hvp(sum(square(x)), {x}, {V(random({2}))}), Catch::Contains("[inner] shapes differ"));
}
