#pragma once
/// Exercise 3: a gradient checker.

#include <cmath>
#include <functional>

#include "engine/gradient/derivatives.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/ops/elementwise.hpp"

namespace lesson {

using premelt::Tape;
using premelt::Tensor;
using premelt::Var;

/// A function of one tensor whose result has one element.
using Function = std::function<Var<double>(const Var<double>&)>;

/// f(at + h·direction)
inline double value_at(const Function& f, const Tensor<double>& at, const Tensor<double>& direction,
                       double h) {
  Tape<double> tape;
  return f(tape.variable(premelt::add<double>(at, premelt::scale<double>(direction, h)).value())).item();
}

/// Whether backward and differences agree on ∇f·direction.
inline bool gradient_agrees(const Function& f, const Tensor<double>& at, const Tensor<double>& direction) {
  Tape<double> tape;
  const Var<double> x = tape.variable(at);
  const double backward =
      premelt::inner<double>(premelt::gradient(f(x), {x}), {Var<double>(direction)}).item();

  // Three mistakes are in these four lines.
  const double h = 1e-3;
  const double difference = (value_at(f, at, direction, h) - value_at(f, at, direction, 0)) / h;
  const double error = std::abs(backward - difference) / std::abs(backward + difference);
  return !(error > 1e-6);
}

}  // namespace lesson
