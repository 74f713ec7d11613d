/// Lesson 4: build a network, train it, and compare its plateaus and drops with the exact solution.

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/init.hpp"
#include "engine/train/trainer.hpp"
#include "models/tasks/saxe.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr std::size_t inputs = 6, hidden = 6, outputs = 4, modes = 3;
constexpr std::array<double, modes> strengths{4, 2, 1};

/// Six samples √6·e_1 .. √6·e_6, so that the mean of x xᵀ is the identity, and their targets: coordinate k
/// times strengths[k].
template <class T>
struct Task {
  Tensor<T> x{Shape{inputs, inputs}, T(0)};
  Tensor<T> y{Shape{inputs, outputs}, T(0)};

  Task() {
    for (std::size_t i = 0; i < inputs; ++i) x(i, i) = static_cast<T>(std::sqrt(6.0));
    for (std::size_t k = 0; k < modes; ++k) y(k, k) = static_cast<T>(strengths[k]) * x(k, k);
  }
};

/// y = W2 W1 x.
template <class T>
struct Network {
  Rng rng;
  Parameters<T> parameters;
  nn::Linear first, second;

  explicit Network(std::uint64_t seed)
      : rng(seed, "init"),
        first(parameters, "first", inputs, hidden, rng, {.bias = false, .sd = 1e-3}),
        second(parameters, "second", hidden, outputs, rng, {.bias = false, .sd = 1e-3}) {}

  Var<T> operator()(const Leaves<T>& theta, const Var<T>& x) const { return second(theta, first(theta, x)); }
};

/// What the network has learnt of each mode: the diagonal of W2 W1.
template <class T>
std::array<double, modes> learnt(const Network<T>& network) {
  const Tensor<T> product =
      matmul<T>(network.parameters["second.weight"], network.parameters["first.weight"]).value();
  return {product(0, 0), product(1, 1), product(2, 2)};
}

/// Trains for `steps` steps and calls report(step, network, loss) before each; the loss is that of the step
/// to come.
template <class T, class Report>
void train(Network<T>& network, double rate, int steps, const Report& report) {
  const Task<T> task;
  const auto loss = [&](const Leaves<T>& theta) {
    return mean(squared_error<T>(network(theta, task.x), task.y));
  };
  Trainer<T> trainer(std::make_unique<Sgd<T>>(SgdOptions{.lr = rate}));
  for (int step = 0; step <= steps; ++step) {
    report(step, network, loss(network.parameters.constants()).item());
    trainer.step(network.parameters, loss);
  }
}

void plateaus() {
  Network<double> network(1);
  std::printf("step     loss     s1     s2     s3\n");
  train(network, 0.01, 1200, [](int step, const Network<double>& now, double loss) {
    if (step % 100 != 0) return;
    const auto s = learnt(now);
    std::printf("%4d  %7.4f  %5.2f  %5.2f  %5.2f\n", step, loss, s[0], s[1], s[2]);
  });
}

/// A start that the closed form knows: every mode at strength 1e-5, the two layers balanced.
void start_balanced(Network<double>& network) {
  Tensor<double> u(Shape{outputs, modes}, 0.0), v(Shape{inputs, modes}, 0.0);
  for (std::size_t k = 0; k < modes; ++k) u(k, k) = v(k, k) = 1;
  const std::vector<double> initial(modes, 1e-5);
  const std::vector<std::size_t> widths{hidden};
  const auto layers = balanced_layers<double>(u, v, initial, widths, network.rng);
  std::copy_n(layers[0].data(), layers[0].size(), network.parameters["first.weight"].data());
  std::copy_n(layers[1].data(), layers[1].size(), network.parameters["second.weight"].data());
}

/// The largest |s_k - closed form|/S_k of the first mode over a run.
double worst_error(double rate) {
  Network<double> network(1);
  start_balanced(network);
  double worst = 0;
  train(network, rate, static_cast<int>(8 / rate), [&](int step, const Network<double>& now, double) {
    const double exact = saxe::strength(step, strengths[0], 1e-5, 1 / rate);
    worst = std::max(worst, std::abs(learnt(now)[0] - exact) / strengths[0]);
  });
  return worst;
}

void closed_form() {
  Network<double> network(1);
  start_balanced(network);
  std::array<int, modes> half{};
  train(network, 0.01, 1200, [&](int step, const Network<double>& now, double) {
    const auto s = learnt(now);
    for (std::size_t k = 0; k < modes; ++k) {
      if (half[k] == 0 && s[k] >= strengths[k] / 2) half[k] = step;
    }
  });
  std::printf("mode  strength  half learnt at step  closed form\n");
  for (std::size_t k = 0; k < modes; ++k) {
    std::printf("%4zu  %8.0f  %19d  %11.1f\n", k + 1, strengths[k], half[k],
                saxe::time_to_reach(0.5, strengths[k], 1e-5, 100));
  }
  std::printf("worst error of mode 1: %.4f at rate 0.01, %.4f at rate 0.005\n", worst_error(0.01),
              worst_error(0.005));
}

/// The loss at step 150, half-way down the first drop.
template <class T>
double loss_at_150(std::uint64_t seed) {
  Network<T> network(seed);
  double found = 0;
  train(network, 0.01, 150, [&](int, const Network<T>&, double loss) { found = loss; });
  return found;
}

void seeds() {
  std::printf("loss at step 150\n");
  std::printf("seed 1            %.15f\n", loss_at_150<double>(1));
  std::printf("seed 1 again      %.15f\n", loss_at_150<double>(1));
  std::printf("seed 1 in float   %.15f\n", loss_at_150<float>(1));
  std::printf("seed 2            %.15f\n", loss_at_150<double>(2));
}

void picture() {
  Network<double> network(1);
  start_balanced(network);
  train(network, 0.01, 1000, [](int step, const Network<double>& now, double) {
    if (step % 5 != 0) return;
    const auto s = learnt(now);
    std::printf("%d", step);
    for (std::size_t k = 0; k < modes; ++k) {
      std::printf(" %.4f %.4f", s[k], saxe::strength(step, strengths[k], 1e-5, 100));
    }
    std::printf("\n");
  });
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"plateaus", "train from small random weights", plateaus},
                      {"closed_form", "the same against Saxe's solution", closed_form},
                      {"seeds", "what repeats bit for bit and what does not", seeds},
                      {"picture", "the data of picture.svg", picture}});
}
