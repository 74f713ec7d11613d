/// A two-layer linear network by hand: 240 steps of gradient descent, eight probes, and their 2RDM.

#include <cmath>
#include <cstdio>

#include "engine/gradient.hpp"
#include "engine/ops.hpp"
#include "engine/random.hpp"
#include "rdm/loss_window.hpp"
#include "rdm/spectrum.hpp"

using namespace premelt;

int main() {
  // The task: y = 3 x_1, seen through samples x in four dimensions.
  Rng data(1, "data"), init(1, "init");
  const Tensor<double> inputs = normal_tensor<double>(Shape{64, 4}, data);
  Tensor<double> targets(Shape{64, 1});
  for (std::size_t i = 0; i < 64; ++i) targets(i, 0) = 3 * inputs(i, 0);

  // The network: x W1 W2, from small weights.
  Tensor<double> w1 = normal_tensor<double>(Shape{4, 4}, init, 0.01);
  Tensor<double> w2 = normal_tensor<double>(Shape{4, 1}, init, 0.01);

  // The probes are the first eight samples; a window of 20 recordings of their losses.
  LossWindow window(8, 20);
  Tape<double> tape;
  double highest = 0;
  Tensor<double> top;  // the top eigenvector where SHC is highest
  std::printf("%6s %10s %10s %6s\n", "step", "loss", "SHC", "PR");
  for (int step = 0; step <= 240; ++step) {
    tape.clear();
    const Var<double> a = tape.variable(w1), b = tape.variable(w2);
    const Var<double> per_sample = squared_error<double>(matmul(matmul<double>(inputs, a), b), targets);
    const Var<double> loss = mean(per_sample);
    window.push(per_sample.value().flat().first(8));

    if (window.full() && step % 20 == 0) {
      const Moments signals = moments(window);
      std::printf("%6d %10.4f %10.2e %6.2f\n", step, loss.item(), signals.spectral_heat_capacity(),
                  signals.participation_ratio());
      if (signals.spectral_heat_capacity() > highest) {
        highest = signals.spectral_heat_capacity();
        top = spectrum(window, 1).modes;
      }
    }
    const auto gradients = gradient(loss, {a, b});
    for (std::size_t i = 0; i < w1.size(); ++i) w1.data()[i] -= 0.01 * gradients[0].value().data()[i];
    for (std::size_t i = 0; i < w2.size(); ++i) w2.data()[i] -= 0.01 * gradients[1].value().data()[i];
  }

  // A probe's loss falls by half the square of what the network learns about it, so v_1 follows x_1^2.
  double squares = 0;
  for (std::size_t i = 0; i < 8; ++i) squares += std::pow(inputs(i, 0), 4);
  std::printf("%6s %10s %10s\n", "probe", "x_1^2", "v_1");
  for (std::size_t i = 0; i < 8; ++i) {
    std::printf("%6zu %10.3f %10.3f\n", i, inputs(i, 0) * inputs(i, 0) / std::sqrt(squares), top(0, i));
  }
}
