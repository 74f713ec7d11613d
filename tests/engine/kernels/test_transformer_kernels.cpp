/// Attention and norms, each one loop of our own, against the same in plain ops: for every remainder that
/// blocks of rows and vectors of columns leave.

#include <utility>

#include "engine/linalg/norm.hpp"
#include "engine/train/optimizer.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

template <class T>
constexpr double kernel_tolerance = std::is_same_v<T, double> ? 1e-12 : 2e-5;

template <class T>
Var<T> plain_attention(const std::vector<Var<T>>& x, std::size_t heads, bool causal) {
  return merge_heads(matmul(attention_weights(x[0], x[1], heads, causal), split_heads(x[2], heads)));
}

/// Whole numbers of both signs times `unit`, so that scores of heads of width 4 are exact even as floats.
template <class T>
Tensor<T> whole_numbers(const Shape& shape, double unit, std::uint64_t seed) {
  Rng rng(seed, "test");
  Tensor<T> tensor(shape);
  for (T& value : tensor.flat()) value = static_cast<T>(unit * (static_cast<double>(rng.below(5)) - 2));
  return tensor;
}

/// Values and gradients of both fused forms at q, k, v (B,T,C), against plain ops on the same numbers in
/// double.
template <class T>
void check_attention(const std::vector<Tensor<T>>& qkv, std::size_t heads, bool causal, bool recorded) {
  Tape<T> tape;
  Tape<double> reference_tape;
  std::vector<Var<T>> x;
  std::vector<Var<double>> reference_x;
  for (const Tensor<T>& part : qkv) {
    x.push_back(tape.variable(part.clone()));
    reference_x.push_back(reference_tape.variable(cast<double>(part)));
  }
  const Var<double> reference = plain_attention(reference_x, heads, causal);
  const Tensor<double> g = random(reference.shape(), 4);
  const auto expected = gradient(reference, reference_x, {.cotangent = Var<double>(g)});
  for (const Var<T>& y :
       {attention(x[0], x[1], x[2], heads, causal), self_attention(concat<T>(x, -1), heads, causal)}) {
    CHECK(relative_error(y.value(), reference.value()) <= kernel_tolerance<T>);
    const auto gradients = gradient(y, x, {.cotangent = Var<T>(cast<T>(g)), .create_graph = recorded});
    for (std::size_t i = 0; i < 3; ++i) {
      // Of q and k the scale is that of the cotangents that meet there: at T = 1 nothing flows into the
      // scores.
      const double floor = i < 2 && qkv[0].shape()[1] == 1 ? 1e-4 : 0;
      CAPTURE(i);
      CHECK((relative_error(gradients[i].value(), expected[i].value()) <= kernel_tolerance<T> ||
             norm(gradients[i].value()) <= floor));
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("attention equals plain ops for every number of positions, width and heads", "[property]",
                   float, double) {
  using T = TestType;
  std::size_t number = 0;
  for (std::size_t positions :
       {1u, 2u, 3u, 5u, 7u, 8u, 9u, 15u, 16u, 17u, 23u, 24u, 31u, 33u, 40u, 63u, 64u, 65u}) {
    for (std::size_t width : {1u, 2u, 3u, 4u, 7u, 8u, 9u, 12u, 15u, 16u, 17u, 24u, 31u, 32u, 33u}) {
      const std::size_t heads = 1 + number++ % 3;
      const bool causal = number % 2 == 0;
      CAPTURE(positions, width, heads, causal);
      const Shape shape{positions < 10 ? 2ul : 1ul, positions, heads * width};
      std::vector<Tensor<T>> qkv;
      for (std::uint64_t seed : {1u, 2u, 3u}) qkv.push_back(cast<T>(random(shape, seed)));
      check_attention(qkv, heads, causal, number % 5 == 0);
    }
  }
}

TEMPLATE_TEST_CASE("attention subtracts the largest score", "[property]", float, double) {
  using T = TestType;
  for (std::size_t positions : {1u, 6u, 8u, 21u}) {
    for (bool causal : {false, true}) {
      CAPTURE(positions, causal);
      const Shape shape{1, positions, 8};
      // Scores up to ±2·10⁵, of which the differences are whole numbers.
      check_attention<T>(
          {whole_numbers<T>(shape, 128, 1), whole_numbers<T>(shape, 64, 2), whole_numbers<T>(shape, 1, 3)}, 2,
          causal, false);
    }
  }
}

TEMPLATE_TEST_CASE("softmax and its relatives are right for every length and offset", "[property]", float,
                   double) {
  using T = TestType;
  for (std::size_t length = 1; length <= 40; ++length) {
    for (double offset : {0.0, 4096.0, -4096.0}) {
      CAPTURE(length, offset);
      Tensor<T> x = whole_numbers<T>({3, length}, 1.5, length);
      Tensor<double> softmax_exact(x.shape()), log_exact(x.shape()), sum_exact(Shape{3});
      for (std::size_t r = 0; r < 3; ++r) {
        long double sum = 0;
        for (T v : std::as_const(x).row(r)) sum += std::exp(static_cast<long double>(v));
        sum_exact(r) = static_cast<double>(std::log(sum)) + offset;
        for (std::size_t i = 0; i < length; ++i) {
          log_exact(r, i) = static_cast<double>(static_cast<long double>(x(r, i)) - std::log(sum));
          softmax_exact(r, i) = std::exp(log_exact(r, i));
        }
      }
      for (T& v : x.flat()) v += static_cast<T>(offset);
      const double allowed = kernel_tolerance<T> / 20;
      CHECK(relative_error(softmax(Var<T>(x)).value(), softmax_exact) <= allowed);
      CHECK(relative_error(logsumexp(Var<T>(x)).value(), sum_exact) <= allowed);
      const Tensor<T> logs = log_softmax(Var<T>(x)).value();
      const Tensor<T> losses = cross_entropy(Var<T>(x), Labels(Shape{3}, {0, 0, 0})).value();
      for (std::size_t i = 0; i < logs.size(); ++i) {
        CHECK(static_cast<double>(logs.data()[i]) ==
              Approx(log_exact.data()[i]).epsilon(allowed).margin(1e-300));
      }
      for (std::size_t r = 0; r < 3; ++r) CHECK(losses(r) == -logs(r, 0));
    }
  }
}

TEMPLATE_TEST_CASE("norms equal plain ops for every width", "[property]", float, double) {
  using T = TestType;
  const auto plain = [](const Var<double>& x, bool centre) {
    const Var<double> c = centre ? x - mean(x, -1, true) : x;
    return c * pow(mean(square(c), -1, true) + 1e-5, -0.5);
  };
  for (std::size_t width = 1; width <= 40; ++width) {
    for (bool centre : {false, true}) {
      if (centre && width == 1) continue;  // always 0
      const Tensor<T> values = cast<T>(random({3, width}, width));
      Tape<T> tape;
      Tape<double> reference_tape;
      const Var<T> x = tape.variable(values.clone());
      const Var<double> reference_x = reference_tape.variable(cast<double>(values));
      const Var<T> y = centre ? layer_norm(x) : rms_norm(x);
      const Var<double> reference = plain(reference_x, centre);
      const Tensor<double> g = random({3, width}, 100);
      const Tensor<double> expected =
          gradient(reference, {reference_x}, {.cotangent = Var<double>(g)})[0].value();
      CAPTURE(width, centre);
      CHECK(relative_error(y.value(), reference.value()) <= kernel_tolerance<T>);
      if (width < 3) continue;  // the gradient is a difference of equal numbers
      for (bool recorded : {false, true}) {
        const auto gradients = gradient(y, {x}, {.cotangent = Var<T>(cast<T>(g)), .create_graph = recorded});
        CHECK(relative_error(gradients[0].value(), expected) <= 10 * kernel_tolerance<T>);
      }
    }
  }
}
