/// A new op, softplus(x) = log(1 + eˣ): its value, its vector-Jacobian product, and the check of both.

#include <cmath>
#include <cstdio>

#include "engine/gradient/gradcheck.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/gradient/tape_view.hpp"
#include "engine/kernels/broadcast.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;

/// log(1 + eˣ), which neither overflows for large x nor loses digits for small ones.
template <class T>
Var<T> softplus(const Var<T>& x) {
  const auto value = [](T v) { return std::max(v, T(0)) + std::log1p(std::exp(-std::abs(v))); };
  return record("softplus", kernels::map(x.value(), value),
                wrt(x, [x](const Var<T>& g) { return g * sigmoid(x); }));
}

/// The same with a mistake that is easily made: the cotangent that arrives is forgotten.
template <class T>
Var<T> wrong_softplus(const Var<T>& x) {
  return record("wrong_softplus", softplus(x.detach()).value(),
                wrt(x, [x](const Var<T>&) { return sigmoid(x); }));
}

int main() {
  Tape<double> tape;
  const Var<double> x = tape.variable(Tensor<double>(Shape{3}, {-1000.0, 0.0, 1000.0}), "x");
  const Var<double> y = sum(softplus(x));
  std::printf("%s\n", to_string(tape).c_str());
  const Tensor<double> slope = gradient(y, {x})[0].value();
  std::printf("value %.4f, slopes %.4f %.4f %.4f\n", y.item(), slope(0), slope(1), slope(2));

  Rng rng(1, "test");
  const std::vector<Tensor<double>> at{normal_tensor<double>(Shape{3, 5}, rng)};
  const auto check = [&](const char* name, const Differentiable& f) {
    const GradcheckReport report = gradcheck(f, at, {.order = 3});
    std::printf("%-15s %s\n", name, report.within(1e-7) ? "right to third order" : to_string(report).c_str());
  };
  check("softplus", [](const std::vector<Var<double>>& v) { return softplus(v[0]); });
  check("wrong_softplus", [](const std::vector<Var<double>>& v) { return wrong_softplus(v[0]); });
}
