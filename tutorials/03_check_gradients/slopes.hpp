#pragma once
/// What a gradient checker compares: a function's values, and its slope by the backward pass.

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

/// ∇f·direction at `at`
inline double backward_slope(const Function& f, const Tensor<double>& at, const Tensor<double>& direction) {
  Tape<double> tape;
  const Var<double> x = tape.variable(at);
  return premelt::inner<double>(premelt::gradient(f(x), {x}), {Var<double>(direction)}).item();
}

}  // namespace lesson
