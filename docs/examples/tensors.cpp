/// How tensors and vars are made, combined, cut and printed.

#include <iostream>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include "engine/gradient/gradient.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tape/tape.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/xtensor.hpp"
#include "engine/train/parameters.hpp"

using namespace premelt;

namespace {

void operators() {
  Tape<double> tape;
  const auto x = tape.variable(Tensor<double>::of({{1, 2, 3}, {4, 5, 6}}), "x");
  const auto y = 1 - x / 2;
  const auto above = x > 2;
  std::cout << "1 - x/2\n" << y << "\nx > 2\n" << above << '\n';
  const auto loss = sum(above * square(y));
  std::cout << "gradient\n" << gradient(loss, {x})[0] << '\n';
}

void parts() {
  const Var<double> x = Tensor<double>::of({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  std::cout << "x(-1)               " << x(-1) << '\n'
            << "x(range(1, -1), 0)  " << x(range(1, -1), 0) << '\n'
            << "x(range(), range(1)) has shape " << x(range(), range(1)).shape() << '\n'
            << "reshape(x, {-1})    has shape " << reshape(x, {-1}).shape() << '\n'
            << "x.T()(0)            " << x.T()(0) << '\n';
}

void arrays() {
  Tensor<double> x = Tensor<double>::of({{1, 2}, {3, 4}});
  auto array = x.array();  // no copy
  xt::view(array, 0, xt::all()) = xt::zeros<double>({2});
  std::cout << "first row cleared\n" << x << '\n';

  const Tensor<double> roots(xt::sqrt(array));  // computed here, once
  const Var<double> v = roots;
  std::cout << "beside an expression\n" << v + 10.0 * array << '\n';
}

void guarded() {
  Tape<double> tape;
  const auto x = tape.variable(Tensor<double>::of({1, 2}), "x");
  {
    const TapeGuard<double> guard(tape);
    std::cout << "inside the guard: loss " << sum(square(x)) << ", " << tape.size() << " nodes\n";
  }
  std::cout << "after it: " << tape.size() << " node\n";
}

void refused() {
  const auto say = [](auto&& misuse) {
    try {
      misuse();
    } catch (const Error& error) {
      std::cout << error.what() << '\n';
    }
  };
  Parameters<double> mine, yours;
  mine.add("w", Tensor<double>::of({1, 2}));
  yours.add("w", Tensor<double>::of({1, 2}));
  Tape<double> tape;
  const auto theta = mine.leaves(tape);
  const auto loss = sum(square(theta[0]));
  say([&] { yours.gradient(loss, theta); });
  mine["w"].fill(0);
  say([&] { mine.gradient(loss, theta); });
}

}  // namespace

int main() {
  operators();
  parts();
  arrays();
  guarded();
  refused();
}
