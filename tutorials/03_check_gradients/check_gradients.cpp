/// Lesson 3: how to find out whether a gradient is right: differences, their step, random directions, and the
/// same one order higher.

#include <cmath>
#include <iostream>

#include "engine/gradient/derivatives.hpp"
#include "engine/gradient/gradcheck.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/ops/ops.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

/// f = e^x sin x and its derivative, for one number.
double f(double x) {
  return std::exp(x) * std::sin(x);
}
double slope(double x) {
  return std::exp(x) * (std::sin(x) + std::cos(x));
}

double forward_difference(double x, double h) {
  return (f(x + h) - f(x)) / h;
}
double central_difference(double x, double h) {
  return (f(x + h) - f(x - h)) / (2 * h);
}

void step() {
  std::printf("     h   forward   central\n");
  for (int i = 2; i <= 28; i += 4) {
    const double h = std::pow(10.0, -0.5 * i);
    std::printf("%6.0e  %8.1e  %8.1e\n", h, std::abs(forward_difference(1, h) - slope(1)),
                std::abs(central_difference(1, h) - slope(1)));
  }
}

/// A network's loss as a function of its first layer: 8 inputs, 12 hidden units, 96 weights.
struct Example {
  Tensor<double> inputs, second, targets;
  Tensor<double> weights, direction;

  Example() {
    Rng rng(3, "example");
    inputs = normal_tensor<double>(Shape{5, 8}, rng);
    second = normal_tensor<double>(Shape{12, 1}, rng);
    targets = normal_tensor<double>(Shape{5, 1}, rng);
    weights = normal_tensor<double>(Shape{8, 12}, rng, 0.3);
    direction = normal_tensor<double>(Shape{8, 12}, rng);
  }

  Var<double> loss(const Var<double>& w) const {
    const Var<double> hidden = tanh(matmul<double>(inputs, w));
    return mean(squared_error<double>(matmul<double>(hidden, second), targets));
  }
  /// weights + h·direction
  Tensor<double> moved(double h) const { return add<double>(weights, scale<double>(direction, h)).value(); }
};

void direction() {
  const Example example;
  Tape<double> tape;
  const Var<double> w = tape.variable(example.weights);
  const auto gradients = gradient(example.loss(w), {w});
  const double h = 1e-5;
  const double left = example.loss(example.moved(-h)).item(), right = example.loss(example.moved(h)).item();
  std::printf("gradient . v  by backward     %.10f\n",
              inner<double>(gradients, {Var<double>(example.direction)}).item());
  std::printf("gradient . v  by differences  %.10f\n", (right - left) / (2 * h));
}

/// x², but the tape sees only one of the two factors.
Var<double> half_forgotten_square(const Var<double>& x) {
  return x * x.detach();
}

void broken() {
  Tape<double> tape;
  const Var<double> x = tape.variable(Tensor<double>::scalar(3));
  const double h = 1e-5;
  const auto value = [](double at) { return half_forgotten_square(Tensor<double>::scalar(at)).item(); };
  std::printf("by backward     %.4f\n", gradient(half_forgotten_square(x), {x})[0].item());
  std::printf("by differences  %.4f\n", (value(3 + h) - value(3 - h)) / (2 * h));
}

void second() {
  const Example example;
  const auto gradient_at = [&](const Tensor<double>& at) {
    Tape<double> tape;
    const Var<double> w = tape.variable(at);
    return gradient(example.loss(w), {w})[0].detach();
  };
  Tape<double> tape;
  const Var<double> w = tape.variable(example.weights);
  const Var<double> v = example.direction;
  const Var<double> first = gradient(example.loss(w), {w}, {.create_graph = true})[0];
  const Var<double> product = gradient(inner<double>({first}, {v}), {w})[0];  // d(g.v)/dw = Hv

  const double h = 1e-5;
  const Var<double> difference = (gradient_at(example.moved(h)) - gradient_at(example.moved(-h))) / (2 * h);
  std::printf("v H v  by backward twice          %.9f\n", inner<double>({product}, {v}).item());
  std::printf("v H v  by differences of gradients %.9f\n", inner<double>({difference}, {v}).item());
}

void engine() {
  const Example example;
  const Differentiable loss = [&](const std::vector<Var<double>>& w) { return example.loss(w[0]); };
  const Differentiable wrong = [](const std::vector<Var<double>>& x) { return half_forgotten_square(x[0]); };
  for (const int order : {1, 2, 3}) {
    const GradcheckReport report = gradcheck(loss, {example.weights}, {.order = order});
    std::printf("up to order %d: %s\n", order, report.within(1e-6) ? "right" : "wrong");
  }
  std::printf("half-forgotten square: %s\n", to_string(gradcheck(wrong, {example.weights})).c_str());
}

void picture() {
  for (int i = 2; i <= 28; ++i) {
    const double h = std::pow(10.0, -0.5 * i);
    std::printf("%.3e %.3e %.3e\n", h, std::abs(forward_difference(1, h) - slope(1)),
                std::abs(central_difference(1, h) - slope(1)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"step", "the error of differences against their step", step},
                      {"direction", "96 derivatives checked with two evaluations", direction},
                      {"broken", "a gradient that is wrong", broken},
                      {"second", "second derivatives, backward twice and by differences", second},
                      {"engine", "the engine's checker, three orders", engine},
                      {"picture", "the data of picture.svg", picture}});
}
