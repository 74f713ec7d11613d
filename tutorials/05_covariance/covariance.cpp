/// Lesson 5: keep the losses of eight samples apart, take their covariance by hand, and read it.

#include <cmath>
#include <memory>
#include <vector>
#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xtensor.hpp>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/trainer.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr std::size_t probes = 8, width = 20, last_step = 240;

struct Run {
  std::vector<std::vector<double>> losses;  ///< (T,n): one row a step, one column a probe
  std::vector<double> x1;                   ///< the first coordinate of each probe
};

/// Learns y = 3·x_1 from 64 samples in four dimensions with a two-layer linear network. The first eight
/// samples are the probes.
Run train() {
  Rng data(1, "data"), init(1, "init");
  const Tensor<double> x = normal_tensor<double>(Shape{64, 4}, data);
  Tensor<double> y(Shape{64, 1});
  for (std::size_t i = 0; i < 64; ++i) y(i, 0) = 3 * x(i, 0);

  Parameters<double> parameters;
  const nn::Linear first(parameters, "first", 4, 4, init, {.bias = false, .sd = 0.01});
  const nn::Linear second(parameters, "second", 4, 1, init, {.bias = false, .sd = 0.01});
  const auto losses = [&](const Leaves<double>& theta) {
    return squared_error<double>(second(theta, first(theta, Var<double>(x))), y);
  };
  Trainer<double> trainer(std::make_unique<Sgd<double>>(SgdOptions{.lr = 0.01}));

  Run run;
  for (std::size_t i = 0; i < probes; ++i) run.x1.push_back(x(i, 0));
  for (std::size_t step = 0; step <= last_step; ++step) {
    const Var<double> now = losses(parameters.constants());
    const auto of_probes = now.value().flat().first(probes);
    run.losses.emplace_back(of_probes.begin(), of_probes.end());
    trainer.step(parameters, [&](const Leaves<double>& theta) { return mean(losses(theta)); });
  }
  return run;
}

/// C (n,n) of the window of recordings that ends at step `end`: subtract each column's mean, multiply, divide
/// by W.
xt::xtensor<double, 2> covariance_by_hand(const Run& run, std::size_t end) {
  xt::xtensor<double, 2> x = xt::zeros<double>({width, probes});
  for (std::size_t i = 0; i < probes; ++i) {
    double mean = 0;
    for (std::size_t t = 0; t < width; ++t) mean += run.losses[end + 1 - width + t][i] / width;
    for (std::size_t t = 0; t < width; ++t) x(t, i) = run.losses[end + 1 - width + t][i] - mean;
  }
  xt::xtensor<double, 2> c = xt::linalg::dot(xt::transpose(x), x);
  c /= static_cast<double>(width);
  return c;
}

struct Signals {
  double trace = 0, shc = 0, pr = 0;
};

/// From the eigenvalues, as the definitions have it.
Signals by_definition(const xt::xtensor<double, 1>& eigenvalues) {
  const double n = static_cast<double>(eigenvalues.size());
  double sum = 0, squares = 0;
  for (const double lambda : eigenvalues) {
    sum += lambda;
    squares += lambda * lambda;
  }
  return {sum, squares / n - sum * sum / (n * n), sum * sum / squares};
}

/// The engine's sliding window, filled up to step `end`.
Moments by_engine(const Run& run, std::size_t end) {
  LossWindow window(probes, width);
  for (std::size_t t = end + 1 - width; t <= end; ++t) window.push(run.losses[t]);
  return moments(window);
}

void losses() {
  const Run run = train();
  std::printf("step   mean    probe 0   1      2      3      4      5      6      7\n");
  for (std::size_t step = 0; step <= last_step; step += 40) {
    double mean = 0;
    for (const double loss : run.losses[step]) mean += loss / probes;
    std::printf("%4zu  %6.3f", step, mean);
    for (const double loss : run.losses[step]) std::printf(" %6.3f", loss);
    std::printf("\n");
  }
}

void matrix() {
  const auto c = covariance_by_hand(train(), 160);
  std::printf("C of the 20 recordings up to step 160\n");
  for (std::size_t i = 0; i < probes; ++i) {
    for (std::size_t j = 0; j < probes; ++j) std::printf("%9.4f", c(i, j));
    std::printf("\n");
  }
}

void eigen() {
  const Run run = train();
  const auto [eigenvalues, vectors] = xt::linalg::eigh(covariance_by_hand(run, 160));  // ascending
  std::printf("eigenvalues");
  for (std::size_t k = 0; k < 3; ++k) std::printf(" %8.4f", eigenvalues(probes - 1 - k));
  std::printf(" ...\nprobe  x_1^2, normed  v_1\n");
  double norm = 0;
  for (const double x : run.x1) norm += std::pow(x, 4);
  for (std::size_t i = 0; i < probes; ++i) {
    std::printf("%5zu  %13.3f  %5.3f\n", i, run.x1[i] * run.x1[i] / std::sqrt(norm),
                std::abs(vectors(i, probes - 1)));
  }
}

void signals() {
  const Run run = train();
  std::printf("step     loss     trace       SHC    PR   SHC by the engine\n");
  for (std::size_t step = 20; step <= last_step; step += 20) {
    const xt::xtensor<double, 1> eigenvalues = xt::linalg::eigvalsh(covariance_by_hand(run, step));
    const Signals found = by_definition(eigenvalues);
    double mean = 0;
    for (const double loss : run.losses[step]) mean += loss / probes;
    std::printf("%4zu  %7.4f  %8.2e  %8.2e  %4.2f  %8.2e\n", step, mean, found.trace, found.shc, found.pr,
                by_engine(run, step).spectral_heat_capacity());
  }
}

void redundant() {
  const Run run = train();
  std::printf("step       SHC   (tr/n)^2 (n/PR - 1)\n");
  for (std::size_t step = 60; step <= last_step; step += 60) {
    const Moments m = by_engine(run, step);
    const double per_probe = m.trace / probes;
    std::printf("%4zu  %8.3e  %8.3e\n", step, m.spectral_heat_capacity(),
                per_probe * per_probe * (probes / m.participation_ratio() - 1));
  }
}

/// C as cells (column, row, value), then v_1 and the normed x_1² a probe.
void picture() {
  const Run run = train();
  const auto c = covariance_by_hand(run, 160);
  for (std::size_t i = 0; i < probes; ++i) {
    for (std::size_t j = 0; j < probes; ++j) std::printf("%zu %zu %.5f\n", j, i, c(i, j));
  }
  const auto [eigenvalues, vectors] = xt::linalg::eigh(c);
  double norm = 0;
  for (const double x : run.x1) norm += std::pow(x, 4);
  std::printf("\n\n");
  for (std::size_t i = 0; i < probes; ++i) {
    std::printf("%zu %.4f %.4f\n", i, std::abs(vectors(i, probes - 1)),
                run.x1[i] * run.x1[i] / std::sqrt(norm));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"losses", "eight losses instead of their mean", losses},
                      {"matrix", "the 2RDM of a window, by hand", matrix},
                      {"eigen", "its eigenvalues, and who takes part", eigen},
                      {"signals", "SHC and PR through training", signals},
                      {"redundant", "one of three numbers is redundant", redundant},
                      {"picture", "the data of picture.svg", picture}});
}
