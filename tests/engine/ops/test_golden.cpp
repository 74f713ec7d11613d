/// Values, gradients and optimiser paths against PyTorch's (tests/golden/engine_golden.py): 1e-10 relative in
/// double, 2e-4 in float.

#include <functional>

#include "engine/nn/transformer.hpp"
#include "engine/train/optimizer.hpp"
#include "engine/train/schedule.hpp"
#include "tests/engine/gradient/gradients.hpp"
#include "tests/engine/ops/golden_file.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

template <class T>
constexpr double golden_tolerance = std::is_same_v<T, double> ? 1e-10 : 2e-4;

template <class T>
using Op = std::function<Var<T>(const std::vector<Var<T>>&)>;

const Indices ids(Shape{2, 3}, {4, 0, 0, 2, 4, 1});
const Labels classes(Shape{4}, {2, 0, 1, 2});

template <class T>
std::map<std::string, Op<T>> ops() {
  using Vs = std::vector<Var<T>>;
  return {
      {"add", [](const Vs& x) { return x[0] + x[1]; }},
      {"sub", [](const Vs& x) { return x[0] - x[1]; }},
      {"mul", [](const Vs& x) { return x[0] * x[1]; }},
      {"div", [](const Vs& x) { return x[0] / x[1]; }},
      {"square", [](const Vs& x) { return square(x[0]); }},
      {"exp", [](const Vs& x) { return exp(x[0]); }},
      {"log", [](const Vs& x) { return log(x[0]); }},
      {"sqrt", [](const Vs& x) { return sqrt(x[0]); }},
      {"tanh", [](const Vs& x) { return tanh(x[0]); }},
      {"relu", [](const Vs& x) { return relu(x[0]); }},
      {"pow", [](const Vs& x) { return pow(x[0], -1.5); }},
      {"gelu", [](const Vs& x) { return gelu(x[0]); }},
      {"sigmoid", [](const Vs& x) { return sigmoid(x[0]); }},
      {"silu", [](const Vs& x) { return silu(x[0]); }},
      {"sin", [](const Vs& x) { return sin(x[0]); }},
      {"cos", [](const Vs& x) { return cos(x[0]); }},
      {"abs", [](const Vs& x) { return abs(x[0]); }},
      {"maximum", [](const Vs& x) { return maximum(x[0], x[1]); }},
      {"minimum", [](const Vs& x) { return minimum(x[0], x[1]); }},
      {"clamp", [](const Vs& x) { return clamp(x[0], -1, 2); }},
      {"pow_tensor", [](const Vs& x) { return pow(x[0], x[1]); }},
      {"min", [](const Vs& x) { return min(x[0], 1); }},
      {"amax",
       [](const Vs& x) {
         return amax(x[0], {0, 2});
       }},
      {"amin", [](const Vs& x) { return amin(x[0], -1, true); }},
      {"stack",
       [](const Vs& x) {
         return stack<T>({x[0], x[1]}, 1);
       }},
      {"split",
       [](const Vs& x) {
         return split(x[0], {1, 3}, 1)[1];
       }},
      {"cumsum", [](const Vs& x) { return cumsum(x[0], 1); }},
      {"variance",
       [](const Vs& x) {
         return variance(x[0], {0, 2});
       }},
      {"stddev", [](const Vs& x) { return stddev(x[0], -1, true, 0); }},
      {"stddev_of_equals", [](const Vs& x) { return stddev(0 * x[0], 1); }},
      {"outer", [](const Vs& x) { return outer(x[0], x[1]); }},
      {"einsum_heads", [](const Vs& x) { return einsum("bqhd,bkhd->bhqk", x[0], x[1]); }},
      {"einsum_sums", [](const Vs& x) { return einsum("ijk,jl->li", x[0], x[1]); }},
      {"einsum_implicit", [](const Vs& x) { return einsum("jk, ij", x[0], x[1]); }},
      {"einsum_products", [](const Vs& x) { return einsum("ij,jk->kij", x[0], x[1]); }},
      {"einsum_scalar", [](const Vs& x) { return einsum("ij,ji->", x[0], x[1]); }},
      {"matmul", [](const Vs& x) { return matmul(x[0], x[1]); }},
      {"matmul_shared", [](const Vs& x) { return matmul(x[0], x[1]); }},
      {"matmul_batched", [](const Vs& x) { return matmul(x[0], x[1]); }},
      {"matmul_nt", [](const Vs& x) { return matmul_nt(x[0], x[1]); }},
      {"matmul_tn", [](const Vs& x) { return matmul_tn(x[0], x[1]); }},
      {"sum",
       [](const Vs& x) {
         return sum(x[0], {0, 2});
       }},
      {"mean", [](const Vs& x) { return mean(x[0], -1, true); }},
      {"max", [](const Vs& x) { return max(x[0], 1); }},
      {"permute",
       [](const Vs& x) {
         return permute(x[0], {2, 0, 1});
       }},
      {"slice", [](const Vs& x) { return slice(x[0], 1, 1, 3); }},
      {"concat",
       [](const Vs& x) {
         return concat<T>({x[0], x[1]}, 1);
       }},
      {"where",
       [](const Vs& x) {
         return where(Tensor<T>(Shape{2, 1}, {T(1), T(0)}), x[0], x[1]);
       }},
      {"gather", [](const Vs& x) { return gather(x[0], ids); }},
      {"softmax", [](const Vs& x) { return softmax(x[0]); }},
      {"log_softmax", [](const Vs& x) { return log_softmax(x[0]); }},
      {"logsumexp", [](const Vs& x) { return logsumexp(x[0]); }},
      {"squared_error", [](const Vs& x) { return squared_error(x[0], x[1]); }},
      {"cross_entropy", [](const Vs& x) { return cross_entropy(x[0], classes); }},
      {"cross_entropy_tokens", [](const Vs& x) { return cross_entropy(x[0], ids); }},
      {"rms_norm", [](const Vs& x) { return rms_norm(x[0], x[1]); }},
      {"layer_norm", [](const Vs& x) { return layer_norm(x[0], x[1], x[2]); }},
      {"attention", [](const Vs& x) { return attention(x[0], x[1], x[2], 2); }},
      {"attention_full", [](const Vs& x) { return attention(x[0], x[1], x[2], 3, false); }},
      {"rotary", [](const Vs& x) { return rotary(x[0], 2); }},
  };
}

/// Fills the parameters with the reference's numbers, found under `prefix` + name.
template <class T>
void load(Parameters<T>& parameters, const GoldenFile& golden, const std::string& prefix) {
  for (const auto& entry : parameters.entries()) {
    const Tensor<T> values = cast<T>(golden[prefix + entry.name]);
    REQUIRE(values.shape() == entry.shape);
    std::ranges::copy(values.flat(), parameters.flat().data() + entry.offset);
  }
}

template <class T>
void check_gradients_of(const Parameters<T>& parameters, const std::vector<Var<T>>& gradients,
                        const GoldenFile& golden, const std::string& prefix) {
  REQUIRE(gradients.size() == parameters.entries().size());
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    CAPTURE(parameters.entries()[i].name);
    CHECK(relative_error(gradients[i].value(), golden[prefix + parameters.entries()[i].name]) <=
          golden_tolerance<T>);
  }
}

constexpr nn::TransformerOptions golden_model() {
  return {.vocabulary = 7,
          .positions = 6,
          .width = 8,
          .heads = 2,
          .layers = 2,
          .mlp = 12,
          .activation = nn::Activation::gelu,
          .norm = nn::NormKind::layer,
          .bias = true};
}

}  // namespace

TEMPLATE_TEST_CASE("ops have PyTorch's values, gradients and second derivatives", "[golden]", float, double) {
  using T = TestType;
  const GoldenFile golden("engine_ops.txt");
  for (const auto& [name, op] : ops<T>()) {
    CAPTURE(name);
    Tape<T> tape;
    std::vector<Var<T>> inputs;
    for (std::size_t i = 0; golden.contains(name + "/in" + std::to_string(i)); ++i) {
      inputs.push_back(tape.variable(cast<T>(golden[name + "/in" + std::to_string(i)])));
    }
    const Var<T> y = op(inputs);
    CHECK(relative_error(y.value(), golden[name + "/out"]) <= golden_tolerance<T>);
    const Var<T> cotangent = cast<T>(golden[name + "/cotangent"]);
    const std::vector<Var<T>> gradients = gradient(y, inputs, {.cotangent = cotangent});
    Var<T> slope = Tensor<T>::scalar(0);  // along a direction, to be differentiated again
    const std::vector<Var<T>> recorded = gradient(y, inputs, {.cotangent = cotangent, .create_graph = true});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::string number = std::to_string(i);
      CHECK(relative_error(gradients[i].value(), golden[name + "/grad" + number]) <= golden_tolerance<T>);
      slope = slope + sum(recorded[i] * cast<T>(golden[name + "/direction" + number]));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Tensor<T> zero(inputs[i].shape(), T(0));  // of linear ops, whose gradient is a constant
      const Tensor<T> second = slope.tracked() ? gradient(slope, {inputs[i]})[0].value() : zero;
      CHECK(relative_error(second, golden[name + "/second" + std::to_string(i)]) <= golden_tolerance<T>);
    }
  }
  CHECK_THAT(golden.unread(), Catch::Equals(std::vector<std::string>{}));
}

TEMPLATE_TEST_CASE("a transformer block has PyTorch's values and gradients", "[golden]", float, double) {
  using T = TestType;
  const GoldenFile golden("engine_model.txt");
  Rng rng(1, "init");
  Parameters<T> parameters;
  const nn::Block block(parameters, "block", golden_model(), rng);
  load(parameters, golden, "block_case/");
  Tape<T> tape;
  const Leaves<T> theta = parameters.leaves(tape);
  const Var<T> x = tape.variable(cast<T>(golden["block_case/in"]));
  const Var<T> y = block(theta, x);
  CHECK(relative_error(y.value(), golden["block_case/out"]) <= golden_tolerance<T>);
  const Var<T> cotangent = cast<T>(golden["block_case/cotangent"]);
  const Tensor<T> dx = gradient(y, {x}, {.cotangent = cotangent})[0].value();
  CHECK(relative_error(dx, golden["block_case/grad/in"]) <= golden_tolerance<T>);
  check_gradients_of(parameters, gradient(y, theta, {.cotangent = cotangent}), golden, "block_case/grad/");
  CHECK_THAT(golden.unread("model/"), Catch::Equals(std::vector<std::string>{}));
}

TEMPLATE_TEST_CASE("a two-layer model has PyTorch's losses and gradients", "[golden]", float, double) {
  using T = TestType;
  const GoldenFile golden("engine_model.txt");
  Rng rng(1, "init");
  Parameters<T> parameters;
  const nn::Transformer model(parameters, golden_model(), rng);
  load(parameters, golden, "model/");

  const Tensor<double>& tokens = golden["model/tokens"];  // (4,7): inputs and, shifted by one, targets
  Indices inputs(Shape{4, 6}), targets(Shape{4, 6});
  for (std::size_t b = 0; b < 4; ++b) {
    for (std::size_t t = 0; t < 6; ++t) {
      inputs(b, t) = static_cast<std::int64_t>(tokens(b, t));
      targets(b, t) = static_cast<std::int64_t>(tokens(b, t + 1));
    }
  }
  Tape<T> tape;
  const Leaves<T> theta = parameters.leaves(tape);
  const Var<T> losses = cross_entropy(model(theta, inputs), targets);
  CHECK(relative_error(losses.value(), golden["model/losses"]) <= golden_tolerance<T>);
  check_gradients_of(parameters, gradient(mean(losses), theta), golden, "model/grad/");
  CHECK_THAT(golden.unread("block_case/"), Catch::Equals(std::vector<std::string>{}));
}

TEST_CASE("optimisers and schedules follow PyTorch's paths", "[golden]") {
  const GoldenFile golden("engine_optimizers.txt");
  const Var<double> a = golden["a"], b = golden["b"];
  struct Case {
    std::string name;
    std::function<std::unique_ptr<Optimizer<double>>()> make;
    Schedule schedule = {};
    double clip = INFINITY;
  };
  const auto sgd = [](const SgdOptions& options) {
    return [options] { return std::make_unique<Sgd<double>>(options); };
  };
  const auto adam = [](const AdamOptions& options) {
    return [options] { return std::make_unique<Adam<double>>(options); };
  };
  const SgdOptions momentum{.lr = 0.05, .momentum = 0.9, .weight_decay = 0.01};
  const SgdOptions nesterov{.lr = 0.05, .momentum = 0.9, .nesterov = true, .weight_decay = 0.01};
  const AdamOptions adamw{.lr = 0.03, .weight_decay = 0.01};  // PyTorch's default decay
  const std::vector<Case> cases{
      {"sgd", sgd({.lr = 0.05})},
      {"momentum", sgd(momentum)},
      {"nesterov", sgd(nesterov)},
      {"adam", adam({.lr = 0.03, .weight_decay = 0.1, .decoupled = false})},
      {"adamw", adam({.lr = 0.03, .beta2 = 0.98, .weight_decay = 0.5})},
      {"adamw_cosine", adam(adamw), cosine_decay(50)},
      {"momentum_steps", sgd({.lr = 0.05, .momentum = 0.9}), step_decay(15, 0.3)},
      {"adamw_warmup", adam(adamw), warm_up(10) * linear_decay(35, 50)},
      {"sgd_clipped", sgd({.lr = 0.05}), {}, 0.5},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Parameters<double> parameters;
    parameters.add("theta", golden["start"]);
    const auto optimizer = c.make();
    const double base = optimizer->lr();
    Tensor<double> path(Shape{50, 6});
    for (std::size_t step = 0; step < 50; ++step) {
      Tape<double> tape;
      const Leaves<double> theta = parameters.leaves(tape);
      const Var<double> column = reshape(theta[0], {6, 1});
      const Var<double> loss = 0.5 * sum(column * matmul(a, column)) - sum(b * theta[0]) + sum(sin(theta[0]));
      Tensor<double> slope = parameters.gradient(loss, theta);
      clip_norm(slope, c.clip);
      optimizer->set_lr(base * c.schedule(step));
      optimizer->step(parameters, slope);
      std::ranges::copy(parameters.flat().flat(), path.row(step).begin());
    }
    CHECK(relative_error(path, golden[c.name]) <= 1e-10);
  }
  CHECK_THAT(golden.unread(), Catch::Equals(std::vector<std::string>{}));
}
