/// What the signals cost a recording, beside the plain way: the n×n covariance and its eigenvalues.

#include <benchmark/benchmark.h>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/window/monitor.hpp"

namespace {

using namespace premelt;

Tensor<double> random_losses(std::size_t recordings, std::size_t probes) {
  Rng rng(1, "sampling");
  return normal_tensor<double>(Shape{recordings, probes}, rng);
}

void probes_and_windows(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "W"})
      ->Args({64, 20})
      ->Args({64, 80})
      ->Args({256, 50})
      ->Args({1000, 50})
      ->UseRealTime();
}

/// SHC, PR and trace from the sliding Gram.
void moments_from_gram(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0)), w = static_cast<std::size_t>(state.range(1));
  const Tensor<double> losses = random_losses(4 * w, n);
  LossWindow window(n, w);
  std::size_t t = 0;
  for (; t < w; ++t) window.push(losses.row(t));
  for (auto _ : state) {
    window.push(losses.row(t++ % (4 * w)));
    benchmark::DoNotOptimize(moments(window).spectral_heat_capacity());
  }
}
BENCHMARK(moments_from_gram)->Apply(probes_and_windows);

/// Everything a run records: raw and detrended signals, three eigenvectors, the alarm.
void whole_monitor(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0)), w = static_cast<std::size_t>(state.range(1));
  const Tensor<double> losses = random_losses(4 * w, n);
  Monitor monitor({.probes = n, .window = w});
  std::int64_t t = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(monitor.push(t, losses.row(static_cast<std::size_t>(t) % (4 * w))));
    ++t;
  }
}
BENCHMARK(whole_monitor)->Apply(probes_and_windows);

/// The plain way: centre the window, form C, take all eigenvalues.
void plain_covariance(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0)), w = static_cast<std::size_t>(state.range(1));
  const Tensor<double> losses = random_losses(w, n);
  for (auto _ : state) {
    benchmark::DoNotOptimize(blas::symmetric_eigenvalues(covariance(losses, Divisor::population)));
  }
}
BENCHMARK(plain_covariance)->Apply(probes_and_windows);

}  // namespace
