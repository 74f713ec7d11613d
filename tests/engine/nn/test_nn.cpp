/// Layers, initial values, groups, freezing and LoRA.

#include <array>

#include "engine/gradient/per_sample.hpp"
#include "engine/linalg/blas.hpp"
#include "engine/nn/lora.hpp"
#include "engine/nn/transformer.hpp"
#include "engine/tensor/error.hpp"
#include "engine/train/init.hpp"
#include "engine/train/optimizer.hpp"
#include "engine/train/schedule.hpp"
#include "tests/engine/gradient/gradients.hpp"
#include "tests/support/live_memory.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

namespace {

Tensor<double> identity(std::size_t n) {
  Tensor<double> eye(Shape{n, n}, 0.0);
  for (std::size_t i = 0; i < n; ++i) eye(i, i) = 1;
  return eye;
}

double distance(const V& a, const V& b) {
  return std::sqrt(sum(square(a - b)).item());
}

constexpr nn::TransformerOptions small{.vocabulary = 11,
                                       .positions = 8,
                                       .width = 8,
                                       .heads = 2,
                                       .layers = 2,
                                       .mlp = 16,
                                       .norm = nn::NormKind::rms};

Indices some_tokens(std::size_t samples, std::size_t positions, std::uint64_t seed = 1) {
  Rng rng(seed, "data");
  Indices tokens(Shape{samples, positions});
  for (std::int64_t& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(11));
  return tokens;
}

}  // namespace

TEST_CASE("orthogonal matrices have orthonormal rows or columns", "[property]") {
  Rng rng(1, "init");
  for (const auto& [out, in] :
       std::vector<std::pair<std::size_t, std::size_t>>{{5, 5}, {7, 3}, {3, 7}, {1, 4}}) {
    const V w = orthogonal<double>(out, in, rng, 2.0);
    const V gram = out >= in ? matmul_tn(w, w) : matmul_nt(w, w);
    CHECK(distance(gram, 4.0 * V(identity(std::min(out, in)))) <= 1e-13);
  }
}

TEST_CASE("a scaled normal matrix keeps the size of activations", "[property]") {
  Rng rng(2, "init");
  const V w = scaled_normal<double>(400, 300, rng, 2.0);
  CHECK(mean(square(w)).item() * 300 == Approx(4.0).epsilon(4 * std::sqrt(2.0 / 120000)));
}

TEST_CASE("balanced layers multiply to the wanted modes and balance", "[property]") {
  Rng rng(3, "init");
  const Tensor<double> u = orthogonal<double>(6, 3, rng), v = orthogonal<double>(5, 3, rng);
  const std::array<double, 3> strengths{4, 1, 0.25};
  const std::array<std::size_t, 2> hidden{7, 4};
  const auto layers = balanced_layers(u, v, strengths, hidden, rng);
  REQUIRE(layers.size() == 3);
  const V product = matmul(matmul(V(layers[2]), layers[1]), layers[0]);
  const V wanted = matmul_nt(V(u) * Tensor<double>(Shape{3}, {4, 1, 0.25}), v);
  CHECK(distance(product, wanted) <= 1e-13);
  for (std::size_t l = 0; l < 2; ++l) {
    CHECK(distance(matmul_tn(V(layers[l + 1]), layers[l + 1]), matmul_nt(V(layers[l]), layers[l])) <= 1e-13);
  }
  const std::array<std::size_t, 1> narrow{2};
  CHECK_THROWS_WITH(balanced_layers(u, v, strengths, narrow, rng), Catch::Contains("too narrow for 3 modes"));
}

TEST_CASE("a transformer names its parameters and answers in the right shape", "[unit]") {
  Rng rng(1, "init");
  Parameters<float> parameters;
  const nn::Transformer model(parameters, small, rng);
  const std::vector<std::string> names{"embed.weight",
                                       "positions.weight",
                                       "blocks.0.attn_norm.weight",
                                       "blocks.0.attn.qkv.weight",
                                       "blocks.0.attn.out.weight",
                                       "blocks.0.mlp_norm.weight",
                                       "blocks.0.mlp.up.weight"};
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(parameters.entries()[i].name == names[i]);
  CHECK(parameters.entries().back().name == "unembed.weight");
  CHECK(model(parameters.constants(), some_tokens(3, 5)).shape() == Shape{3, 5, 11});
  CHECK_THROWS_AS(model(parameters.constants(), some_tokens(3, 9)), ShapeError);
}

TEST_CASE("a transformer is the same function at perturbed parameters", "[property]") {
  Rng rng(1, "init");
  Parameters<double> parameters;
  const nn::Transformer model(parameters, small, rng);
  const Indices tokens = some_tokens(2, 6);
  const Tensor<double> step = normal_tensor<double>({parameters.size()}, rng, 1e-3);
  const Tensor<double> moved = (V(parameters.flat()) + step).value();
  const Tensor<double> elsewhere = model(parameters.constants(moved), tokens).value();
  std::ranges::copy(moved.flat(), parameters.flat().data());
  CHECK(relative_error(elsewhere, model(parameters.constants(), tokens).value()) == 0);
}

TEST_CASE("whole models differentiate twice, with rotary positions and layer norm too", "[property]") {
  for (bool rotary : {false, true}) {
    nn::TransformerOptions options = small;
    options.layers = 1;
    options.rotary = rotary;
    options.norm = rotary ? nn::NormKind::layer : nn::NormKind::rms;
    options.activation = nn::Activation::gelu;
    Rng rng(4, "init");
    Parameters<double> parameters;
    const nn::Transformer model(parameters, options, rng);
    const Indices tokens = some_tokens(2, 4), next = some_tokens(2, 4, 2);
    std::vector<Tensor<double>> at;
    for (std::size_t i = 0; i < parameters.entries().size(); ++i) at.push_back(parameters[i]);
    check_gradients([&](const Leaves<double>& theta) { return cross_entropy(model(theta, tokens), next); },
                    at);
  }
}

TEST_CASE("frozen parameters stay, groups scale rates and decay", "[unit]") {
  Parameters<double> parameters;
  const Tensor<double> ones(Shape{2}, 1.0);
  parameters.add("a.weight", ones);
  parameters.add("a.bias", ones);
  parameters.add("b.weight", ones);
  parameters.freeze("b.*");
  parameters.configure("*.bias", {.lr_scale = 0.5, .weight_decay_scale = 0});
  CHECK_THROWS_WITH(parameters.freeze("c.*"), "[parameters] no parameter fits c.*");
  CHECK(parameters.matching("a.*") == std::vector<ParameterId>{0, 1});

  Tape<double> tape;
  const Leaves<double> theta = parameters.leaves(tape);
  CHECK(parameters.trainable(theta).size() == 2);
  const Tensor<double> g = parameters.gradient(sum(theta[0] + theta[1] + theta[2]), theta);
  CHECK(g(0) == 1);
  CHECK(g(4) == 0);
  Sgd<double>({.lr = 0.1, .weight_decay = 2}).step(parameters, g);
  CHECK(parameters.flat()(0) == Approx(1 - 0.1 * (1 + 2)));
  CHECK(parameters.flat()(2) == Approx(1 - 0.05 * 1));
  CHECK(parameters.flat()(4) == 1);
}

TEST_CASE("Adam's groups scale rates and decay: its first step has a closed form", "[unit]") {
  const double lr = 0.1, decay = 2, theta = 1, g = -0.3, scale = 0.25, decay_scale = 0.5;
  for (bool decoupled : {true, false}) {
    CAPTURE(decoupled);
    Parameters<double> parameters;
    parameters.add("a", Tensor<double>(Shape{1}, theta));
    parameters.add("b", Tensor<double>(Shape{1}, theta));
    parameters.configure("b", {.lr_scale = scale, .weight_decay_scale = decay_scale});
    Adam<double> adam({.lr = lr, .epsilon = 1.0, .weight_decay = decay, .decoupled = decoupled});
    adam.step(parameters, Tensor<double>(Shape{2}, g));
    // Corrected for their start, the moments of the first step are the slope and its square.
    const auto step = [&](double rate, double weight_decay) {
      const double slope = decoupled ? g : g + weight_decay * theta;
      return theta - (decoupled ? rate * weight_decay * theta : 0) - rate * slope / (std::abs(slope) + 1);
    };
    CHECK(parameters.flat()(0) == Approx(step(lr, decay)).epsilon(1e-12));
    CHECK(parameters.flat()(1) == Approx(step(lr * scale, decay * decay_scale)).epsilon(1e-12));
  }
}

TEST_CASE("an optimiser continues from its stored state", "[unit]") {
  Parameters<double> first, second;
  first.add("x", random({4}));
  second.add("x", random({4}));
  Adam<double> one({.lr = 0.1}), two({.lr = 0.1});
  for (int i = 0; i < 3; ++i) one.step(first, random({4}, 7));
  std::ranges::copy(first.flat().flat(), second.flat().data());
  two.restore(one.state());
  one.step(first, random({4}, 8));
  two.step(second, random({4}, 8));
  CHECK(relative_error(first.flat(), second.flat()) == 0);
  CHECK_THROWS_AS(Sgd<double>({}).restore(one.state()), Error);
}

TEST_CASE("LoRA starts as the frozen model and trains its adapters only", "[unit]") {
  Rng rng(1, "init");
  Parameters<double> parameters;
  const nn::Transformer model(parameters, small, rng);
  const Indices tokens = some_tokens(4, 6), next = some_tokens(4, 6, 2);
  const Tensor<double> before = model(parameters.constants(), tokens).value();
  const std::size_t base = parameters.size();
  const nn::Lora lora(parameters, {"blocks.*.attn.*"}, 1, rng);
  CHECK(parameters.size() == base + 2 * (8 + 24 + 8 + 8));
  CHECK(relative_error(model(lora(parameters.constants()), tokens).value(), before) == 0);

  const Tensor<double> start = parameters.flat().clone();
  Adam<double> adam({.lr = 0.05});
  double first = 0, last = 0;
  for (int step = 0; step < 20; ++step) {
    Tape<double> tape;
    const Leaves<double> theta = parameters.leaves(tape);
    const V loss = mean(cross_entropy(model(lora(theta), tokens), next));
    if (step == 0) first = loss.item();
    last = loss.item();
    adam.step(parameters, parameters.gradient(loss, theta));
  }
  CHECK(last < first - 0.1);
  CHECK(relative_error(parameters.flat().subspan(0, {base}), start.subspan(0, {base})) == 0);

  // Without the product: x(W + BA)ᵀ = xWᵀ + (xAᵀ)Bᵀ.
  const Leaves<double> now = parameters.constants();
  const ParameterId qkv = parameters.find("blocks.0.attn.qkv.weight");
  const V x = random({3, 8});
  CHECK(distance(matmul_nt(x, lora(now)[qkv]), matmul_nt(x, now[qkv]) + lora.correction(now, 0, x)) <= 1e-13);

  // Per-sample gradients pass through the product of the adapters.
  Tape<double> tape;
  const Leaves<double> theta = parameters.leaves(tape), adapters = parameters.trainable(theta);
  const V losses = mean(cross_entropy(model(lora(theta), tokens), next), 1);
  const auto rows = per_sample_gradients(losses, adapters);
  const auto batch = gradient(mean(losses), adapters);
  for (std::size_t i = 0; i < adapters.size(); ++i) {
    CHECK(relative_error(mean(V(rows[i]), 0).value(), batch[i].value()) <= 1e-10);
  }
  CHECK_THROWS_WITH(nn::Lora(parameters, {"nothing"}, 1, rng), "[lora] no parameter fits nothing");
}

TEST_CASE("LoRA adds its product at the given scale", "[unit]") {
  Rng rng(1, "init");
  Parameters<double> parameters;
  const ParameterId w = parameters.add("w", random({4, 3}));
  const nn::Lora lora(parameters, {"w"}, 2, rng, 2.5);
  const Tensor<double> up = random({4, 2}, 2);
  std::ranges::copy(up.flat(), parameters["w.lora_b"].data());
  const Leaves<double> theta = parameters.constants();
  const V added = 2.5 * matmul(V(up), V(parameters["w.lora_a"])), x = random({5, 3}, 3);
  CHECK(distance(lora(theta)[w], theta[w] + added) <= 1e-13);
  CHECK(distance(lora.correction(theta, 0, x), matmul_nt(x, added)) <= 1e-13);
}

TEST_CASE("schedules hit their corners", "[unit]") {
  CHECK(Schedule()(1000) == 1);
  CHECK(warm_up(10)(0) == Approx(0.1));
  CHECK(warm_up(10)(9) == 1);
  CHECK(warm_up(10)(100) == 1);
  CHECK(cosine_decay(50, 0.1)(0) == 1);
  CHECK(cosine_decay(50, 0.1)(25) == Approx(0.55));
  CHECK(cosine_decay(50, 0.1)(80) == Approx(0.1));
  CHECK(linear_decay(10, 20)(10) == 1);
  CHECK(linear_decay(10, 20)(15) == 0.5);
  CHECK(linear_decay(10, 20)(99) == 0);
  CHECK(linear_decay(10, 20, 0.2)(15) == Approx(0.6));
  CHECK(step_decay(10, 0.5)(29) == 0.25);
  CHECK((warm_up(10) * step_decay(5, 0.5))(6) == Approx(0.35));
}

TEST_CASE("memory stays flat over thousands of steps", "[property]") {
  Rng rng(1, "init");
  Parameters<float> parameters;
  nn::TransformerOptions options = small;
  options.layers = 1;
  const nn::Transformer model(parameters, options, rng);
  Adam<float> adam({});
  Tape<float> tape;
  const Indices tokens = some_tokens(2, 4), next = some_tokens(2, 4, 2);
  std::size_t settled = 0;
  for (int step = 0; step < 10000; ++step) {
    tape.clear();
    const Leaves<float> theta = parameters.leaves(tape);
    adam.step(parameters, parameters.gradient(mean(cross_entropy(model(theta, tokens), next)), theta));
    if (step == 1000) settled = test::live_memory();
  }
  CHECK(test::live_memory() <= settled + (std::size_t{1} << 16));
}
