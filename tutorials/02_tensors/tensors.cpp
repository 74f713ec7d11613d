/// Lesson 2: what the chain rule does to whole tensors. Stretching on the way forward is summing on the way
/// back.

#include <iostream>

#include "engine/gradient/gradient.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/error.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

Tensor<double> matrix() {
  return Tensor<double>(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
}

Tensor<double> row() {
  return Tensor<double>(Shape{3}, {10, 20, 30});
}

void print(const char* name, const Tensor<double>& tensor) {
  std::cout << name << " " << to_string(tensor.shape()) << "\n" << tensor << "\n";
}

void forward() {
  Tape<double> tape;
  const Var<double> x = tape.variable(matrix(), "x");
  const Var<double> b = tape.variable(row(), "b");
  print("x", x.value());
  print("b", b.value());
  print("y = x * b", (x * b).value());
}

void backward() {
  Tape<double> tape;
  const Var<double> x = tape.variable(matrix(), "x");
  const Var<double> b = tape.variable(row(), "b");
  const Var<double> y = x * b;
  const auto gradients = gradient(sum(y), {x, b});
  print("d sum(y)/dx", gradients[0].value());
  print("d sum(y)/db", gradients[1].value());
}

void product() {
  Tape<double> tape;
  const Var<double> a = tape.variable(matrix(), "A");
  const Var<double> b = tape.variable(Tensor<double>(Shape{3, 2}, {1, 0, 2, 1, 0, 3}), "B");
  const Tensor<double> c(Shape{2, 2}, {1, 0, 0, 2});  // the cotangent of Y: any numbers of its shape
  const Var<double> y = matmul(a, b);
  const auto gradients = gradient(y, {a, b}, {.cotangent = Var<double>(c)});
  print("by the engine, A's cotangent", gradients[0].value());
  print("by the formula, C B^T", matmul_nt<double>(c, b.value()).value());
  print("by the engine, B's cotangent", gradients[1].value());
  print("by the formula, A^T C", matmul_tn<double>(a.value(), c).value());
}

/// One weight w, predictions w·x, squared errors: the gradient of their sum and of their mean over a batch.
void batch() {
  std::printf("batch  of the sum  of the mean\n");
  for (const std::size_t repeats : {1u, 2u, 4u}) {
    Tensor<double> inputs(Shape{3 * repeats}), targets(Shape{3 * repeats});
    for (std::size_t i = 0; i < 3 * repeats; ++i) {
      inputs(i) = row()(i % 3) / 10;
      targets(i) = 2 * inputs(i);
    }
    Tape<double> tape;
    const Var<double> w = tape.variable(Tensor<double>::scalar(1.5), "w");
    const Var<double> losses = squared_error<double>(w * Var<double>(inputs), targets);
    const double of_sum = gradient(sum(losses), {w})[0].item();
    const double of_mean = gradient(mean(losses), {w})[0].item();
    std::printf("%5zu  %10.4f  %11.4f\n", inputs.size(), of_sum, of_mean);
  }
}

void mismatch() {
  try {
    add<double>(matrix(), Tensor<double>(Shape{2}, {1, 2}));
  } catch (const ShapeError& error) {
    std::printf("%s\n", error.what());
  }
}

/// Cells: picture index, column, row, number.
void picture() {
  Tape<double> tape;
  const Var<double> x = tape.variable(matrix()), b = tape.variable(row());
  const auto cells = [](const Tensor<double>& table) {
    for (std::size_t i = 0; i < table.shape()[0]; ++i) {
      for (std::size_t j = 0; j < table.shape()[1]; ++j) std::printf("%zu %zu %g\n", j, i, table(i, j));
    }
    std::printf("\n\n");
  };
  const Var<double> y = x * b;
  const auto gradients = gradient(sum(y), {y, b});
  cells(row().reshape(Shape{1, 3}));
  cells(expand(b, Shape{2, 3}).value());
  cells((gradients[0] * x).value());  // what each copy of b receives
  cells(gradients[1].value().reshape(Shape{1, 3}));
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"forward", "a row times a matrix: broadcasting", forward},
                      {"backward", "its gradients: the row's is a sum", backward},
                      {"product", "the gradients of a matrix product, by the engine and by formula", product},
                      {"batch", "sum or mean over the batch?", batch},
                      {"mismatch", "shapes that do not fit", mismatch},
                      {"picture", "the data of picture.svg", picture}});
}
