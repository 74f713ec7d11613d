/// Layers as a user writes them, from operators and ops alone.

#include "engine/nn/layers.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

namespace {

/// A highway layer: a gate chooses between a new value and the old one.
struct Gated {
  nn::Linear gate, value;

  Gated(Parameters<double>& parameters, std::size_t width, Rng& rng)
      : gate(parameters, "gate", width, width, rng), value(parameters, "value", width, width, rng) {}

  V operator()(const Leaves<double>& theta, const V& x) const {
    const V g = sigmoid(gate(theta, x));
    return g * tanh(value(theta, x)) + (1 - g) * x;
  }
};

/// Batch norm (Ioffe and Szegedy, arXiv 1502.03167) in training: statistics over the first axis.
V batch_norm(const V& x, const V& gain, const V& bias) {
  const V centred = x - mean(x, 0, true);
  return gain * centred / sqrt(mean(square(centred), 0, true) + 1e-5) + bias;
}

}  // namespace

TEST_CASE("a gated layer of one's own passes gradcheck", "[property]") {
  Rng rng(1, "init");
  Parameters<double> parameters;
  const Gated layer(parameters, 3, rng);
  std::vector<Tensor<double>> at{random({4, 3})};
  for (const auto& entry : parameters.entries()) at.push_back(random(entry.shape, 5));
  check_gradients(
      [&](const std::vector<V>& v) { return layer(std::vector<V>(v.begin() + 1, v.end()), v[0]); }, at);
}

TEST_CASE("a batch norm of one's own passes gradcheck and normalises", "[property]") {
  check_gradients([](const std::vector<V>& v) { return batch_norm(v[0], v[1], v[2]); },
                  {random({5, 3}), random({3}, 2), random({3}, 3)});
  const V y = batch_norm(random({64, 3}), Tensor<double>(Shape{3}, 2.0), Tensor<double>(Shape{3}, 1.0));
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(std::abs(mean(y(range(), j)).item() - 1) <= 1e-12);
    CHECK(std::abs(mean(square(y(range(), j) - 1)).item() - 4) <= 1e-3);
  }
}

TEST_CASE("batch norm mixes samples, and per-sample gradients will know", "[unit]") {
  Tape<double> tape;
  const V gain = tape.variable(random({3}, 2)), bias = tape.variable(random({3}, 3));
  const V scaled = batch_norm(batched(random({5, 3})) * gain, gain, bias);
  CHECK(scaled.samples() == Samples::mixed);
}

TEST_CASE("layers and ops take plain tensors as constants", "[unit]") {
  Rng rng(1, "init");
  Parameters<double> parameters;
  const nn::Linear layer(parameters, "layer", 3, 2, rng);
  const nn::Norm norm(parameters, "norm", nn::NormKind::rms, 2);
  const Leaves<double> theta = parameters.constants();
  const Tensor<double> x = random({4, 3});
  CHECK(layer(theta, x).shape() == Shape{4, 2});
  CHECK(norm(theta, random({4, 2})).shape() == Shape{4, 2});

  CHECK(relative_error(exp(x).value(), exp(V(x)).value()) == 0);
  CHECK(mean(x).item() == mean(V(x)).item());
  CHECK(sum(x, {0, 1}).item() == sum(V(x), {0, 1}).item());
  CHECK(mean(x, 0, true).shape() == Shape{1, 3});
  CHECK(reshape(x, {2, -1}).shape() == Shape{2, 6});
  CHECK(permute(x, {1, 0}).shape() == Shape{3, 4});
  CHECK(relative_error(matmul_nt(x, x).value(), matmul_nt(V(x), V(x)).value()) == 0);
  CHECK(relative_error(add(x, 2.0 * V(x)).value(), (3.0 * V(x)).value()) <= 1e-15);
  CHECK(max(x, 1).shape() == Shape{4});
  CHECK(amin(x, {0, 1}).item() == amin(V(x), {0, 1}).item());
  CHECK(stddev(x, 0, true).shape() == Shape{1, 3});
  CHECK(argmax(x, 1).shape() == Shape{4});
  CHECK(split(x, {1, 2}, 1)[1].shape() == Shape{4, 2});
  CHECK(pad(x, 0, 1, 0).shape() == Shape{5, 3});
  CHECK(relative_error(einsum("ij,kj->ik", x, x).value(), matmul_nt(V(x), V(x)).value()) == 0);
  CHECK(outer(cumsum(random({3}), 0), random({2})).shape() == Shape{3, 2});
  CHECK(pick(x, {0, range(1)}).shape() == Shape{2});
  static_assert(std::is_same_v<decltype(tanh(Tensor<float>(Shape{2}))), Var<float>>);
}

TEST_CASE("a mask chooses, whether it is a tensor or a comparison", "[unit]") {
  const V x = batched(away_from_zero({4, 3})), y = random({4, 3}, 2);
  const V chosen = where(x > 0, x, y);
  CHECK(chosen.samples() == Samples::batched);
  CHECK(relative_error(chosen.value(), where((x > 0).value(), x, y).value()) == 0);
  CHECK(relative_error(masked(x, x > 0).value(), relu(x).value()) == 0);
  const V of_shared = where(x > 0, Tensor<double>::of(1), Tensor<double>::of(0));
  CHECK(of_shared.samples() == Samples::batched);
  CHECK(masked(y, x > 0).samples() == Samples::batched);
  check_gradients([](const std::vector<V>& v) { return where(v[0] > v[1], square(v[0]), v[1]); },
                  {away_from_zero({6}), Tensor<double>(Shape{}, 0.0)});
}
