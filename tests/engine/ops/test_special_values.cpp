/// NaN, infinities, zeros, denormals and huge numbers through every op, against PyTorch's values and
/// gradients (tests/golden/engine_special.py), in both precisions, plain and recorded. Where ours differ on
/// purpose, the difference is a test of its own below.

#include <functional>
#include <limits>

#include "tests/engine/gradient/gradients.hpp"
#include "tests/engine/ops/golden_file.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

template <class T>
using Op = std::function<Var<T>(const std::vector<Var<T>>&)>;

template <class T>
std::map<std::string, Op<T>> ops() {
  using Vs = std::vector<Var<T>>;
  const Labels labels(Shape{13}, {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0});
  const Tensor<T> mask(Shape{4}, {1, 0, 1, 0}), some(Shape{4}, {1, 2, -1, T(0.5)}),
      positive(Shape{4}, {1, 2, 1, T(0.5)});
  return {
      {"exp", [](const Vs& x) { return exp(x[0]); }},
      {"log", [](const Vs& x) { return log(x[0]); }},
      {"sqrt", [](const Vs& x) { return sqrt(x[0]); }},
      {"square", [](const Vs& x) { return square(x[0]); }},
      {"tanh", [](const Vs& x) { return tanh(x[0]); }},
      {"relu", [](const Vs& x) { return relu(x[0]); }},
      {"gelu", [](const Vs& x) { return gelu(x[0]); }},
      {"normal_cdf", [](const Vs& x) { return normal_cdf(x[0]); }},
      {"sigmoid", [](const Vs& x) { return sigmoid(x[0]); }},
      {"silu", [](const Vs& x) { return silu(x[0]); }},
      {"sin", [](const Vs& x) { return sin(x[0]); }},
      {"cos", [](const Vs& x) { return cos(x[0]); }},
      {"abs", [](const Vs& x) { return abs(x[0]); }},
      {"clamp", [](const Vs& x) { return clamp(x[0], -2.5, 0.5); }},
      {"clamp_below", [](const Vs& x) { return clamp(x[0], 0, INFINITY); }},
      {"pow_2", [](const Vs& x) { return pow(x[0], 2); }},
      {"pow_0", [](const Vs& x) { return pow(x[0], 0); }},
      {"pow_-1.5", [](const Vs& x) { return pow(x[0], -1.5); }},
      {"pow_3", [](const Vs& x) { return pow(x[0], 3); }},
      {"scale", [](const Vs& x) { return -3 * x[0]; }},
      {"shift", [](const Vs& x) { return x[0] + 2; }},
      {"sqrt_of_relu", [](const Vs& x) { return sqrt(relu(x[0])); }},
      {"log_of_relu", [](const Vs& x) { return log(relu(x[0])); }},
      {"add", [](const Vs& x) { return x[0] + x[1]; }},
      {"sub", [](const Vs& x) { return x[0] - x[1]; }},
      {"mul", [](const Vs& x) { return x[0] * x[1]; }},
      {"div", [](const Vs& x) { return x[0] / x[1]; }},
      {"maximum", [](const Vs& x) { return maximum(x[0], x[1]); }},
      {"minimum", [](const Vs& x) { return minimum(x[0], x[1]); }},
      {"pow_tensor", [](const Vs& x) { return pow(x[0], x[1]); }},
      {"min", [](const Vs& x) { return min(x[0], -1); }},
      {"amax", [](const Vs& x) { return amax(x[0], -1); }},
      {"cumsum", [](const Vs& x) { return cumsum(x[0], -1); }},
      {"sum", [](const Vs& x) { return sum(x[0], -1); }},
      {"mean", [](const Vs& x) { return mean(x[0], -1); }},
      {"max", [](const Vs& x) { return max(x[0], -1); }},
      {"sqrt_of_max", [](const Vs& x) { return sqrt(max(x[0], -1)); }},
      {"softmax", [](const Vs& x) { return softmax(x[0]); }},
      {"log_softmax", [](const Vs& x) { return log_softmax(x[0]); }},
      {"logsumexp", [](const Vs& x) { return logsumexp(x[0]); }},
      {"cross_entropy", [=](const Vs& x) { return cross_entropy(x[0], labels); }},
      {"squared_error", [=](const Vs& x) { return squared_error(x[0], expand(Var<T>(some), x[0].shape())); }},
      {"layer_norm", [](const Vs& x) { return layer_norm(x[0]); }},
      {"rms_norm", [](const Vs& x) { return rms_norm(x[0]); }},
      {"where", [=](const Vs& x) { return where(mask, x[0], some); }},
      {"sqrt_of_where", [=](const Vs& x) { return sqrt(where(mask, positive, x[0])); }},
      {"causal_mask",
       [](const Vs& x) {
         return causal_mask(reshape(x[0], {4, 4, 4}));
       }},
      {"causal_softmax",
       [](const Vs& x) {
         return softmax(causal_mask(reshape(x[0], {4, 4, 4})));
       }},
  };
}

/// NaN for NaN, the same infinity, or the same number to rounding: `slack` units of rounding for results that
/// are differences of numbers near 1, and few digits below the normal numbers.
template <class T>
bool agree(T ours, double reference, double slack) {
  const double x = static_cast<double>(ours);
  if (std::isnan(reference)) return std::isnan(x);
  if (std::isinf(reference) || std::isinf(x)) return x == reference;
  constexpr double relative = std::is_same_v<T, double> ? 1e-13 : 1e-5;
  return std::abs(x - reference) <= relative * std::abs(reference) +
                                        slack * static_cast<double>(std::numeric_limits<T>::epsilon()) +
                                        4 * static_cast<double>(std::numeric_limits<T>::denorm_min());
}

template <class T>
void check_agreement(const Tensor<T>& ours, const Tensor<double>& reference, double slack = 0) {
  REQUIRE(ours.shape() == reference.shape());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    INFO("element " << i << ": " << ours.data()[i] << ", PyTorch has " << reference.data()[i]);
    CHECK(agree(ours.data()[i], reference.data()[i], slack));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("special values pass through every op as in PyTorch", "[golden]", float, double) {
  using T = TestType;
  const GoldenFile golden("engine_special.txt");
  for (const auto& [name, op] : ops<T>()) {
    const std::string key = (std::is_same_v<T, double> ? "f64/" : "f32/") + name + "/";
    Tape<T> tape;
    std::vector<Var<T>> inputs;
    for (std::size_t i = 0; golden.contains(key + "in" + std::to_string(i)); ++i) {
      inputs.push_back(tape.variable(cast<T>(golden[key + "in" + std::to_string(i)])));
    }
    const Var<T> y = op(inputs);
    const bool cancels = name.ends_with("softmax") || name.ends_with("norm");  // g - sum(...)
    {
      INFO(key << "out");
      check_agreement(y.value(), golden[key + "out"]);
    }
    for (const std::string k : {"0", "1"}) {
      for (bool recorded : {false, true}) {
        const Var<T> cotangent = cast<T>(golden[key + "cotangent" + k]);
        const auto gradients = gradient(y, inputs, {.cotangent = cotangent, .create_graph = recorded});
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          INFO(key << "grad" << k << "_" << i << (recorded ? ", recorded" : ""));
          check_agreement(gradients[i].value(), golden[key + "grad" + k + "_" + std::to_string(i)],
                          cancels ? 8 : 0);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("what a mask hides leaves no trace in gradients", "[unit]", float, double) {
  using T = TestType;
  Tape<T> tape;
  const Var<T> x = tape.variable(Tensor<T>(Shape{3}, {-1, 0, 4}));
  const Tensor<T> first(Shape{3}, {1, 0, 0}), last(Shape{3}, {0, 0, 1});
  for (bool recorded : {false, true}) {
    CAPTURE(recorded);
    const auto slope = [&](const Var<T>& y) {
      const Var<T> cotangent = Tensor<T>(y.shape(), T(1));
      const Tensor<T> g = gradient(y, {x}, {.cotangent = cotangent, .create_graph = recorded})[0].value();
      return std::vector<T>(g.flat().begin(), g.flat().end());
    };
    CHECK(slope(sqrt(relu(x))) == std::vector<T>{0, 0, T(0.25)});
    CHECK(slope(sqrt(masked(x, last))) == std::vector<T>{0, 0, T(0.25)});
    CHECK(slope(sqrt(where(last, x, Var<T>(first)))) == std::vector<T>{0, 0, T(0.25)});
    CHECK(slope(sqrt(max(x, 0))) == std::vector<T>{0, 0, T(0.25)});
  }
  CHECK(std::isnan(mean(square(relu(Var<T>(Tensor<T>(Shape{2, 3}, T(NAN)))))).item()));
  CHECK(std::signbit(where(first, Var<T>(Tensor<T>(Shape{3}, T(-0.0))), x).value()(0)));
}

TEMPLATE_TEST_CASE("a nearly certain label keeps the digits of its loss and gradient", "[unit]", float,
                   double) {
  // PyTorch gives log Σ exp - logit, which is off by 6 % in the first row and 0 in the second, even in
  // double.
  using T = TestType;
  const double allowed = std::is_same_v<T, double> ? 1e-14 : 1e-6, huge = sizeof(T) == 8 ? 1e300 : 1e30;
  struct Row {
    std::vector<T> logits;
    double odds;  // of the other classes against class 0
  };
  const std::vector<Row> rows{{{100, 70, 60}, std::exp(-30) + std::exp(-40)},
                              {{40, 3, 0}, std::exp(-37) + std::exp(-40)},
                              {{10000, -10000, 9990}, std::exp(-10)},
                              {{T(huge), T(huge), 0}, 1},
                              {{0, 1, 2}, std::exp(1) + std::exp(2)}};
  for (const auto& [logits, odds] : rows) {
    CAPTURE(logits[0]);
    Tape<T> tape;
    const Var<T> x = tape.variable(Tensor<T>(Shape{1, 3}, logits));
    const Var<T> loss = cross_entropy(x, Labels(Shape{1}, std::vector<std::int64_t>{0}));
    CHECK(std::abs(static_cast<double>(loss.item()) / std::log1p(odds) - 1) <= allowed);
    CHECK(std::abs(static_cast<double>(log_softmax(x).value()(0, 0)) / -std::log1p(odds) - 1) <= allowed);
    for (bool recorded : {false, true}) {
      const Tensor<T> g = gradient(loss, {x}, {.create_graph = recorded})[0].value();
      CHECK(std::abs(static_cast<double>(g(0, 0)) / (-odds / (1 + odds)) - 1) <= 4 * allowed);
    }
  }
}

TEMPLATE_TEST_CASE("logsumexp knows infinities", "[unit]", float, double) {
  using T = TestType;
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const auto of = [](const std::vector<T>& row) {
    return logsumexp(Var<T>(Tensor<T>(Shape{row.size()}, row))).item();
  };
  CHECK(of({-infinity, -infinity}) == -infinity);
  CHECK(of({}) == -infinity);
  CHECK(of({infinity, 0, infinity}) == infinity);
  CHECK(of({-infinity, infinity}) == infinity);
  CHECK(of({-infinity, 3}) == 3);
  for (const std::vector<T>& row :
       {std::vector<T>{T(NAN), 0}, {0, T(NAN)}, {T(NAN), infinity}, {infinity, T(NAN)}}) {
    CHECK(std::isnan(of(row)));
  }
}

TEST_CASE("norms of huge numbers are right or NaN, never 0", "[unit]") {
  // PyTorch squares in single precision: NaN for layer_norm, 0 for x/sqrt(mean(x²)).
  const Var<float> row = Tensor<float>(Shape{1, 4}, {3, 1, -2, 4});
  CHECK(relative_error(rms_norm(1e30 * row, 0).value(), rms_norm(row, 0).value()) <= 1e-6);
  CHECK(relative_error(layer_norm(1e30 * row, 0).value(), layer_norm(row, 0).value()) <= 1e-6);
  const Var<double> beyond = Tensor<double>(Shape{1, 2}, {1e200, -1e200});
  for (const Var<double>& y : {rms_norm(beyond), layer_norm(beyond)}) {
    CHECK(std::isnan(y.value()(0, 0)));
    CHECK(std::isnan(y.value()(0, 1)));
  }
}

TEST_CASE("layer_norm in single precision centres with the mean of double precision", "[unit]") {
  // The mean of these is no float; rounded, it would leave an offset of a tenth of the spread.
  Tensor<float> row(Shape{1, 5}, {4e6F, 4e6F + 1, 4e6F + 1, 4e6F + 2, 4e6F + 2.25F});
  const Tensor<double> exact = layer_norm(Var<double>(cast<double>(row))).value();
  CHECK(relative_error(layer_norm(Var<float>(row)).value(), exact) <= 1e-6);
}

TEMPLATE_TEST_CASE("linear without input features is its bias", "[unit]", float, double) {
  using T = TestType;
  Tape<T> tape;
  const Var<T> w = tape.variable(Tensor<T>(Shape{3, 0}));
  const Var<T> bias = tape.variable(Tensor<T>(Shape{3}, {1, 2, 3}));
  const Var<T> y = linear(Var<T>(Tensor<T>(Shape{2, 0})), w, bias);
  for (std::size_t i = 0; i < 6; ++i) CHECK(y.value().data()[i] == T(1 + i % 3));
  const auto g = gradient(sum(y), {w, bias});
  CHECK(g[0].shape() == Shape{3, 0});
  CHECK(g[1].value()(2) == 2);
}
