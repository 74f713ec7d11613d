/// The elementary functions over arrays against long double, over the whole range of the numbers.

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include "engine/kernels/portable/batch.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/linalg/norm.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/random.hpp"
#include "engine/train/optimizer.hpp"

using namespace premelt;

namespace {

/// |got - exact| in units of the exact value's last place as a T; huge when one of them is no number.
template <class T>
double ulps(T got, long double exact) {
  using Limits = std::numeric_limits<T>;
  constexpr double wrong = 1e9;
  if (std::isnan(exact)) return std::isnan(got) ? 0 : wrong;
  const T rounded = static_cast<T>(exact);
  if (std::isinf(rounded)) return got == rounded ? 0 : wrong;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const long double unit = std::ldexp(1.0L, std::max(exponent, Limits::min_exponent) - Limits::digits);
  const auto error = static_cast<double>(std::abs(static_cast<long double>(got) - exact) / unit);
  return error <= wrong ? error : wrong;
}

/// Numbers of every exponent and both signs, evenly by their bits; finely where functions turn; the special
/// ones.
template <class T>
std::vector<T> arguments() {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  using Limits = std::numeric_limits<T>;
  constexpr Bits steps = 20000, step = std::bit_cast<Bits>(Limits::infinity()) / steps;
  std::vector<T> x{Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),  Limits::max(),
                   Limits::lowest(),   Limits::min(),       Limits::denorm_min(), -Limits::denorm_min()};
  for (Bits i = 0; i < steps; ++i) {
    x.push_back(std::bit_cast<T>(i * step));
    x.push_back(-x.back());
    const T part = static_cast<T>(i) / static_cast<T>(steps);
    x.insert(x.end(), {-760 + 1520 * part, -110 + 220 * part, -20 + 40 * part, 2 * part});
  }
  return x;
}

template <class T, class Kernel, class Exact>
double worst_error(Kernel kernel, Exact exact) {
  const std::vector<T> x = arguments<T>();
  std::vector<T> y(x.size());
  kernel(x.size(), x.data(), y.data());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    worst = std::max(worst, ulps(y[i], exact(static_cast<long double>(x[i]))));
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("elementary functions are within 3 units in the last place everywhere", "[property]",
                   float, double) {
  using T = TestType;
  using L = long double;
  CHECK(worst_error<T>(kernels::exp<T>, [](L x) { return std::exp(x); }) <= 3);
  CHECK(worst_error<T>(kernels::log<T>, [](L x) { return std::log(x); }) <= 3);
  CHECK(worst_error<T>(kernels::tanh<T>, [](L x) { return std::tanh(x); }) <= 3);
  CHECK(worst_error<T>(kernels::erf<T>, [](L x) { return std::erf(x); }) <= 3);
}

TEMPLATE_TEST_CASE("the portable vectors' functions are within 3 units in the last place", "[property]",
                   float, double) {
  using T = TestType;
  using Batch = kernels::portable::batch<T>;
  // What xsimd's exp and log leave to the kernels is left to them here, too.
  std::vector<T> all = arguments<T>(), x, normal;
  const T edge = sizeof(T) == 4 ? T(87) : T(708);
  std::ranges::copy_if(all, std::back_inserter(x), [&](T v) { return !(std::abs(v) > edge); });
  std::ranges::copy_if(all, std::back_inserter(normal),
                       [&](T v) { return !(v < std::numeric_limits<T>::min()); });
  const auto worst = [](const std::vector<T>& at, auto batched, auto exact) {
    double largest = 0;
    for (const T v : at) {
      T lanes[Batch::size];
      batched(Batch(v)).store_unaligned(lanes);
      largest = std::max(largest, ulps(lanes[Batch::size - 1], exact(static_cast<long double>(v))));
    }
    return largest;
  };
  using L = long double;
  CHECK(worst(
            x, [](Batch v) { return exp(v); }, [](L v) { return std::exp(v); }) <= 3);
  CHECK(worst(
            normal, [](Batch v) { return log(v); }, [](L v) { return std::log(v); }) <= 3);
  CHECK(worst(
            all, [](Batch v) { return tanh(v); }, [](L v) { return std::tanh(v); }) <= 3);
}

TEMPLATE_TEST_CASE("a function's value depends on its argument only, not on its place", "[property]", float,
                   double) {
  using T = TestType;
  Rng rng(1, "test");
  const Tensor<T> x = normal_tensor<T>({67}, rng, 40);
  std::vector<T> whole(67), part(67);
  for (auto kernel : {kernels::exp<T>, kernels::log<T>, kernels::tanh<T>, kernels::erf<T>}) {
    kernel(67, x.data(), whole.data());
    for (std::size_t first = 0; first < 67; ++first) {
      kernel(67 - first, x.data() + first, part.data());
      for (std::size_t i = first; i < 67; ++i) {
        CHECK(std::bit_cast<std::array<char, sizeof(T)>>(part[i - first]) ==
              std::bit_cast<std::array<char, sizeof(T)>>(whole[i]));
      }
    }
  }
}

TEMPLATE_TEST_CASE("sums, products and maxima are right for every length", "[property]", float, double) {
  using T = TestType;
  Rng rng(1, "test");
  const Tensor<T> x = normal_tensor<T>({70}, rng), y = normal_tensor<T>({70}, rng);
  double sum = 0, dot = 0;
  T top = -std::numeric_limits<T>::infinity();
  for (std::size_t n = 1; n <= 70; ++n) {
    sum += static_cast<double>(x(n - 1));
    dot += static_cast<double>(x(n - 1)) * static_cast<double>(y(n - 1));
    top = std::max(top, x(n - 1));
    CHECK(kernels::sum(n, x.data()) == Approx(sum).margin(1e-13));
    CHECK(kernels::dot(n, x.data(), y.data()) == Approx(dot).margin(1e-13));
    CHECK(kernels::maximum(n, x.data()) == top);
  }
  // In double throughout: as floats these squares would overflow, or vanish.
  const std::vector<T> wide{T(1e30), T(1e-30)};
  CHECK(kernels::dot(1, wide.data(), wide.data()) == Approx(1e60));
  CHECK(kernels::dot(1, wide.data() + 1, wide.data() + 1) == Approx(1e-60));
}

TEST_CASE("sums, losses and norms of floats are taken in double", "[unit]") {
  // Float sums would leave 0 of the ones, and float squares would overflow.
  Tensor<float> x(Shape{1002, 2}, 1.0F);
  for (std::size_t column : {0u, 1u}) {
    x(0, column) = 1e9F;
    x(1001, column) = -1e9F;
  }
  CHECK(sum(Var<float>(x)).item() == 2000);
  CHECK(sum(Var<float>(x), 0).value()(1) == 1000);
  CHECK(mean(transpose(Var<float>(x)), -1).value()(0) == Approx(1000 / 1002.0));
  CHECK(sum_to(Var<float>(x), {2}).value()(0) == 1000);
  CHECK(norm(Tensor<float>(Shape{4}, 1e30F)) == Approx(2e30));
  Tensor<float> gradient(Shape{4}, 1e30F);
  CHECK(clip_norm(gradient, 1.0) == Approx(2e30));
  CHECK(gradient(0) == Approx(0.5F));
  const Var<float> y = Tensor<float>(Shape{1, 3}, {4096, 1, 1}), t = Tensor<float>(Shape{1, 3}, {0, 0, 0});
  CHECK(squared_error(y, t).item() == 8388609);  // ½(2^24 + 1 + 1)
}
