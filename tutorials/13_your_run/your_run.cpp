/// Lesson 13: a training loop of one's own that prints the losses of its probes, one recording a line.

#include <cmath>
#include <memory>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/trainer.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"
#include "tutorials/13_your_run/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr std::size_t bits = 8, hidden = 16, probes = 32;

/// Random signs, and whether the first two agree.
struct Batch {
  Tensor<double> x, y;

  Batch(std::size_t size, Rng& rng) : x(Shape{size, bits}), y(Shape{size, 1}) {
    for (double& bit : x.flat()) bit = rng.below(2) == 0 ? -1 : 1;
    for (std::size_t i = 0; i < size; ++i) y(i, 0) = x(i, 0) * x(i, 1);
  }
};

/// Trains for 1200 steps and calls record(step, losses of the probes) at every fifth.
template <class Record>
void train(const Batch& probe, const Record& record) {
  Rng init(13, "init"), data(13, "data");
  Parameters<double> parameters;
  const nn::Linear first(parameters, "first", bits, hidden, init);
  const nn::Linear second(parameters, "second", hidden, 1, init, {.sd = 0.1});
  const auto losses = [&](const Leaves<double>& theta, const Batch& batch) {
    return squared_error<double>(second(theta, tanh(first(theta, Var<double>(batch.x)))), batch.y);
  };

  Trainer<double> trainer(std::make_unique<Sgd<double>>(SgdOptions{.lr = 0.05}));
  for (std::int64_t step = 0; step <= 1200; ++step) {
    if (step % 5 == 0) record(step, losses(parameters.constants(), probe).value().flat());  // unreduced
    const Batch batch(64, data);
    trainer.step(parameters, [&](const Leaves<double>& theta) { return mean(losses(theta, batch)); });
  }
}

Batch probe_set() {
  Rng rng(13, "probes");
  return Batch(probes, rng);
}

void losses() {
  std::printf("%s\n", lesson::csv_header(probes).c_str());
  train(probe_set(), [](std::int64_t step, std::span<const double> recorded) {
    std::printf("%s\n", lesson::csv_line(step, recorded).c_str());
  });
}

/// Which probes have agreeing signs.
void blocks() {
  const Batch probe = probe_set();
  std::printf("probe,block\n");
  for (std::size_t i = 0; i < probes; ++i) std::printf("%zu,%s\n", i, probe.y(i, 0) > 0 ? "agree" : "differ");
}

void curve() {
  std::printf("step  mean loss\n");
  train(probe_set(), [](std::int64_t step, std::span<const double> recorded) {
    double mean = 0;
    for (const double loss : recorded) mean += loss / probes;
    if (step % 100 == 0) std::printf("%4lld  %9.4f\n", static_cast<long long>(step), mean);
  });
}

/// Step, every fourth probe's loss, and SHC of the last 20 recordings.
void picture() {
  LossWindow window(probes, 20);
  train(probe_set(), [&](std::int64_t step, std::span<const double> recorded) {
    window.push(recorded);
    std::printf("%lld", static_cast<long long>(step));
    for (std::size_t i = 0; i < probes; i += 4) std::printf(" %.4f", recorded[i]);
    std::printf(" %.3e\n", window.full() ? moments(window).spectral_heat_capacity() : std::nan(""));
  });
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"curve", "the mean loss of the probes", curve},
                      {"losses", "the losses of the probes as CSV", losses},
                      {"blocks", "which probe belongs where, as CSV", blocks},
                      {"picture", "the data of picture.svg", picture}});
}
