/// A network of one's own, from scratch: it learns the exclusive or.

#include <iostream>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/trainer.hpp"

using namespace premelt;

int main() {
  const auto x = Tensor<double>::of({{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  const auto y = Tensor<double>::of({{0}, {1}, {1}, {0}});
  Rng rng(1, "init");
  Parameters<double> parameters;
  const nn::Linear first(parameters, "first", 2, 8, rng), second(parameters, "second", 8, 1, rng);
  const auto model = [&](const Leaves<double>& theta) { return second(theta, tanh(first(theta, x))); };
  Trainer<double> trainer(std::make_unique<Adam<double>>(AdamOptions{.lr = 0.05}));
  for (int step = 0; step < 500; ++step) {
    trainer.step(parameters, [&](const Leaves<double>& theta) { return mean(square(model(theta) - y)); });
  }
  std::cout << (model(parameters.constants()) > 0.5) << '\n';
}
