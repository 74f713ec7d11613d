/// Lesson 1: a tape, its backward sweep, what goes wrong without an order, and a network trained on it.

#include "tutorials/01_tape/tape.hpp"

#include "tutorials/01_tape/exercise.hpp"
#include "tutorials/lesson.hpp"

using namespace lesson;

namespace {

/// y = x·w + sin(x), on a tape.
Number example(Tape& tape, double x_value, double w_value) {
  const Number x = variable(tape, "x", x_value);
  const Number w = variable(tape, "w", w_value);
  const Number product = x * w;
  return product + sin(x);
}

void table() {
  Tape tape;
  const Number y = example(tape, 2, 3);
  const std::vector<double> gradient = backward(y);
  std::printf("line  op       value  gradient  made from (slope)\n");
  for (std::size_t line = 0; line < tape.lines.size(); ++line) {
    std::printf("%4zu  %-4s  %8.4f  %8.4f", line, tape.lines[line].op.c_str(), tape.lines[line].value,
                gradient[line]);
    for (const Edge& edge : tape.lines[line].edges) std::printf("  %zu (%.4f)", edge.input, edge.slope);
    std::printf("\n");
  }
}

void check() {
  const double x = 2, w = 3, h = 1e-5;
  Tape tape, left, right;
  const std::vector<double> gradient = backward(example(tape, x, w));
  const double difference = (example(right, x + h, w).value() - example(left, x - h, w).value()) / (2 * h);
  std::printf("by hand      w + cos x = %.8f\n", w + std::cos(x));
  std::printf("by the tape              %.8f\n", gradient[0]);
  std::printf("by differences           %.8f\n", difference);
}

void order() {
  Tape tape;
  const Number a = variable(tape, "a", 1);
  const Number b = a + a;
  const Number c = b + b;
  std::printf("c = b + b, b = a + a, so c = 4a\n");
  std::printf("swept backwards    dc/da = %g\n", backward(c)[a.line]);
  std::printf("the exercise's way dc/da = %g\n", gradients(tape.lines, c.line)[a.line]);
}

struct Corner {
  double x, y, wanted;
};
const Corner corners[] = {{0, 0, -0.8}, {0, 1, 0.8}, {1, 0, 0.8}, {1, 1, -0.8}};

/// A network with three hidden tanh units; 13 weights.
Number network(Tape& tape, const std::vector<Number>& weights, double x, double y) {
  const Number inputs[] = {variable(tape, "x", x), variable(tape, "y", y)};
  Number sum = weights[12];
  for (std::size_t unit = 0; unit < 3; ++unit) {
    const Number* w = &weights[4 * unit];
    sum = sum + w[3] * tanh(w[0] * inputs[0] + w[1] * inputs[1] + w[2]);
  }
  return tanh(sum);
}

/// Trains for `steps` steps and calls report(step, loss) before each.
template <class Report>
std::vector<double> train(int steps, const Report& report) {
  std::vector<double> weights;
  for (int i = 0; i < 13; ++i) weights.push_back(0.5 * std::sin(3.0 * i + 1));  // some small numbers
  for (int step = 0; step <= steps; ++step) {
    Tape tape;
    std::vector<Number> leaves;
    for (const double weight : weights) leaves.push_back(variable(tape, "weight", weight));
    Number loss = variable(tape, "zero", 0);
    for (const auto& [x, y, wanted] : corners) {
      const Number error = network(tape, leaves, x, y) - variable(tape, "wanted", wanted);
      loss = loss + error * error;
    }
    report(step, loss.value());
    const std::vector<double> gradient = backward(loss);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= 0.1 * gradient[leaves[i].line];
  }
  return weights;
}

void learn() {
  std::printf("step     loss\n");
  const std::vector<double> weights = train(200, [](int step, double loss) {
    if (step % 25 == 0) std::printf("%4d  %7.4f\n", step, loss);
  });
  for (const auto& [x, y, wanted] : corners) {
    Tape tape;
    std::vector<Number> leaves;
    for (const double weight : weights) leaves.push_back(variable(tape, "weight", weight));
    std::printf("%g xor %g: %6.3f, wanted %4.1f\n", x, y, network(tape, leaves, x, y).value(), wanted);
  }
}

/// The tape as a row of lines with an arc from each to its inputs: x, y of half circles, then the labels.
void picture() {
  Tape tape;
  const std::vector<double> gradient = backward(example(tape, 2, 3));
  for (std::size_t line = 0; line < tape.lines.size(); ++line) {
    for (const Edge& edge : tape.lines[line].edges) {
      const double radius = 0.5 * static_cast<double>(line - edge.input);
      const double middle = 0.5 * static_cast<double>(line + edge.input);
      for (int i = 0; i <= 40; ++i) {
        const double angle = 3.14159265358979 * i / 40;
        std::printf("%.4f %.4f\n", middle + radius * std::cos(angle), radius * std::sin(angle));
      }
      std::printf("\n");
    }
  }
  std::printf("\n");
  for (std::size_t line = 0; line < tape.lines.size(); ++line) {
    std::printf("%zu %s %.3f %.3f\n", line, tape.lines[line].op.c_str(), tape.lines[line].value,
                gradient[line]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return run(argc, argv,
             {{"table", "the tape of y = x*w + sin(x) and its gradient", table},
              {"check", "the gradient by hand, by the tape and by differences", check},
              {"order", "b = a + a; c = b + b", order},
              {"learn", "a small network learns exclusive or", learn},
              {"picture", "the data of picture.svg", picture}});
}
