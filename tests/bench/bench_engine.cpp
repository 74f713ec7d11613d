/// The engine's speed on the cases of torch_peers.py, and the matrix-product rate to hold it against.
/// `compare.py` runs both and prints the ratios.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/gradient/per_sample.hpp"
#include "engine/linalg/blas.hpp"
#include "engine/nn/transformer.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/optimizer.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/model_landscape.hpp"
#include "rdm/window/spectrum.hpp"

using namespace premelt;

namespace {

Indices random_tokens(const Shape& shape, std::size_t vocabulary, Rng& rng) {
  Indices tokens(shape);
  for (std::int64_t& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(vocabulary));
  return tokens;
}

/// Times every iteration, for the median: on a busy machine a mean measures the neighbours.
class Laps {
 public:
  explicit Laps(benchmark::State& state, double flops = 0) : state_(state), flops_(flops) {}
  ~Laps() {
    std::ranges::nth_element(seconds_, seconds_.begin() + static_cast<std::ptrdiff_t>(seconds_.size() / 2));
    const double median = seconds_[seconds_.size() / 2];
    state_.counters["median_ms"] = 1e3 * median;
    if (flops_ > 0) state_.counters["gflops"] = 1e-9 * flops_ / median;
  }

  template <class Step>
  void time(Step step) {
    for (auto _ : state_) {
      const auto start = std::chrono::steady_clock::now();
      step();
      seconds_.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  }

 private:
  benchmark::State& state_;
  double flops_;
  std::vector<double> seconds_;
};

/// Forward and backward products of a transformer over `tokens` tokens: three times the forward's
/// 2·parameters, and the scores.
double transformer_flops(const nn::TransformerOptions& o, double tokens, double positions) {
  const double d = static_cast<double>(o.width), mlp = static_cast<double>(o.mlp),
               layers = static_cast<double>(o.layers);
  const double out = static_cast<double>(o.outputs == 0 ? o.vocabulary : o.outputs);
  return 6 * tokens * (layers * (4 * d * d + 2 * d * mlp + 2 * positions * d) + d * out);
}

/// A deep linear network: three 32x32 layers, batches of 64 rows out of 1024, SGD.
template <class T>
void deep_linear(benchmark::State& state) {
  constexpr std::size_t d = 32, batch = 64, rows = 1024;
  Rng rng(1, "bench");
  Parameters<T> parameters;
  for (const char* name : {"0", "1", "2"}) parameters.add(name, normal_tensor<T>({d, d}, rng, 0.05));
  const Tensor<T> x = normal_tensor<T>({rows, d}, rng), y = normal_tensor<T>({rows, d}, rng);
  Sgd<T> sgd({.lr = 1e-3});
  Tape<T> tape;
  Laps(state, (3 * 2 + 3 * 2 + 2 * 2) * static_cast<double>(batch * d * d)).time([&] {
    tape.clear();
    const Indices picked = random_tokens({batch}, rows, rng);
    const Leaves<T> theta = parameters.leaves(tape);
    Var<T> h = gather(Var<T>(x), picked);
    for (const Var<T>& w : theta) h = matmul_nt(h, w);
    const Var<T> loss = mean(squared_error(h, gather(Var<T>(y), picked)));
    sgd.step(parameters, parameters.gradient(loss, theta));
  });
}

/// Training steps of a transformer on the next token.
void attention_training(benchmark::State& state, std::size_t width, std::size_t heads, std::size_t positions,
                        std::size_t vocabulary) {
  constexpr std::size_t batch = 32;
  Rng rng(1, "bench");
  Parameters<float> parameters;
  const nn::TransformerOptions options{
      .vocabulary = vocabulary, .positions = positions, .width = width, .heads = heads, .layers = 2};
  const nn::Transformer model(parameters, options, rng);
  Adam<float> adam({.weight_decay = 0.01});
  Tape<float> tape;
  const Indices tokens = random_tokens({batch, positions}, vocabulary, rng);
  const Indices next = random_tokens({batch, positions}, vocabulary, rng);
  Laps(state,
       transformer_flops(options, static_cast<double>(batch * positions), static_cast<double>(positions)))
      .time([&] {
        tape.clear();
        const Leaves<float> theta = parameters.leaves(tape);
        adam.step(parameters, parameters.gradient(mean(cross_entropy(model(theta, tokens), next)), theta));
      });
}

/// Full-batch training of the modular-addition transformer, loss on the last position.
void grokking(benchmark::State& state) {
  constexpr std::size_t p = 97, samples = 3763;
  Rng rng(1, "bench");
  Parameters<float> parameters;
  const nn::TransformerOptions options{
      .vocabulary = p + 1, .outputs = p, .positions = 3, .width = 128, .heads = 4, .layers = 1, .mlp = 512};
  const nn::Transformer model(parameters, options, rng);
  Adam<float> adam({.weight_decay = 1});
  Tape<float> tape;
  const Indices tokens = random_tokens({samples, 3}, p, rng), answers = random_tokens({samples, 1}, p, rng);
  Laps(state, transformer_flops(options, samples * 3.0, 3)).time([&] {
    tape.clear();
    const Leaves<float> theta = parameters.leaves(tape);
    const Var<float> last = slice(model(theta, tokens), 1, 2, 3);
    adam.step(parameters, parameters.gradient(mean(cross_entropy(last, answers)), theta));
  });
}

struct Probes {
  Parameters<float> parameters;
  nn::TransformerOptions options{.layers = 2};
  Rng rng{1, "bench"};
  nn::Transformer model{parameters, options, rng};
  Indices tokens = random_tokens({64, 64}, 64, rng), next = random_tokens({64, 64}, 64, rng);
};

/// The Jacobian (64, p) of per-sample losses.
void per_sample(benchmark::State& state) {
  Probes probes;
  Tape<float> tape;
  Laps(state).time([&] {
    tape.clear();
    const Leaves<float> theta = probes.parameters.leaves(tape);
    const Var<float> losses = mean(cross_entropy(probes.model(theta, probes.tokens), probes.next), 1);
    benchmark::DoNotOptimize(per_sample_jacobian(losses, theta).data());
  });
}

/// The Gaussian 2RDM: 64 draws of 64 losses on two threads, and their covariance. Losses in float32, as
/// PyTorch's; perturbations and covariance in double.
void gaussian(benchmark::State& state) {
  const Probes probes;
  const ModelLandscape landscape(probes.parameters, 64, [&probes](const Leaves<float>& theta) {
    return mean(cross_entropy(probes.model(theta, probes.tokens), probes.next), 1);
  });
  const Tensor<double> theta = cast<double>(probes.parameters.flat());
  Laps(state).time([&] {
    const Tensor<double> losses =
        gaussian_losses(landscape, theta.flat(), {.sigma = 1e-3, .draws = 64, .threads = 2});
    benchmark::DoNotOptimize(covariance(losses, Divisor::sample).data());
  });
}

/// Large single-precision products: the rate to compare with.
void sgemm(benchmark::State& state) {
  constexpr std::size_t n = 768;
  Rng rng(1, "bench");
  const Tensor<float> a = normal_tensor<float>({n, n}, rng), b = normal_tensor<float>({n, n}, rng);
  Tensor<float> c(Shape{n, n});
  Laps(state, 2.0 * n * n * n).time([&] {
    blas::gemm(blas::Transpose::no, blas::Transpose::no, n, n, n, 1.0f, a.data(), n, b.data(), n, 0.0f,
               c.data(), n);
  });
}

}  // namespace

BENCHMARK(deep_linear<float>)->Name("dln_f32")->Unit(benchmark::kMillisecond);
BENCHMARK(deep_linear<double>)->Name("dln_f64")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(attention_training, d32, 32, 2, 32, 32)->Name("attn2_d32")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(attention_training, d64, 64, 4, 64, 64)->Name("attn2_d64")->Unit(benchmark::kMillisecond);
BENCHMARK(grokking)->Name("grok97")->Unit(benchmark::kMillisecond);
BENCHMARK(per_sample)->Name("persample_n64")->Unit(benchmark::kMillisecond);
BENCHMARK(gaussian)->Name("gauss_n64_M64")->Unit(benchmark::kMillisecond);
BENCHMARK(sgemm)->Name("sgemm")->Unit(benchmark::kMillisecond);
