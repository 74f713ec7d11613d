#pragma once
/// What the engine's gradient tests share.

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/gradient/gradcheck.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/random.hpp"
#include "tests/support/worst.hpp"

namespace premelt::testing {

inline constexpr double tolerance = 1e-7;

inline Tensor<double> random(const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed, "test");
  return normal_tensor<double>(shape, rng);
}

/// Uniform on (low, high): keeps log, sqrt and divisors away from their singularities.
inline Tensor<double> uniform(const Shape& shape, double low, double high, std::uint64_t seed = 1) {
  Rng rng(seed, "test");
  Tensor<double> tensor(shape);
  for (double& value : tensor.flat()) value = rng.uniform(low, high);
  return tensor;
}

/// Normal numbers pushed at least 0.1 away from 0, where relu has its kink.
inline Tensor<double> away_from_zero(const Shape& shape, std::uint64_t seed = 1) {
  Tensor<double> tensor = random(shape, seed);
  for (double& value : tensor.flat()) value += std::copysign(0.1, value);
  return tensor;
}

/// Data that hang on a parameter. (Constants belong to all samples as soon as an op mixes them.)
inline Var<double> tracked_batch(Tape<double>& tape, const Tensor<double>& x) {
  return batched(x) * tape.variable(Tensor<double>::scalar(1));
}

/// Gradients of orders 1 and 2 of f at `at`, in every input.
inline void check_gradients(const Differentiable& f, const std::vector<Tensor<double>>& at) {
  const GradcheckReport report = gradcheck(f, at, {.order = 2});
  INFO(to_string(report));
  CHECK(report.within(tolerance));
}

/// The largest |a - b| relative to the largest |b|; NaN when anything is.
template <class A, class B>
double relative_error(const Tensor<A>& a, const Tensor<B>& b) {
  if (a.shape() != b.shape()) return NAN;
  double difference = 0, scale = 1e-300;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a.data()[i]), y = static_cast<double>(b.data()[i]);
    difference = test::worse_of(difference, std::abs(x - y));
    scale = test::worse_of(scale, std::abs(y));
  }
  return difference / scale;
}

}  // namespace premelt::testing
