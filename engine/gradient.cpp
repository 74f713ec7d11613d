#include "engine/gradient.hpp"

#include <algorithm>

#include "engine/error.hpp"
#include "engine/sweep.hpp"

namespace premelt {

namespace {

template <class T>
Var<T> initial_cotangent(const Var<T>& output, const std::optional<Var<T>>& given) {
  if (given && given->shape() == output.shape()) return *given;
  if (given) {
    throw ShapeError("[gradient] the cotangent's shape " + to_string(given->shape()) +
                     " is not the output's shape " + to_string(output.shape()));
  }
  if (output.value().size() != 1) {
    throw ShapeError("[gradient] the output has shape " + to_string(output.shape()) +
                     ": reduce it with sum or mean, or give a cotangent of that shape");
  }
  return Tensor<T>(output.shape(), T(1));
}

template <class T>
void check_on_tape(const char* what, const Var<T>& var) {
  if (!var.tracked()) {
    throw Error(std::string("[gradient] ") + what +
                " is a constant: it was made without a variable, or while NoGrad was in force");
  }
}

}  // namespace

template <class T>
std::vector<Var<T>> gradient(const Var<T>& output, const std::vector<Var<T>>& inputs,
                             const GradientOptions<T>& options) {
  check_on_tape("the output", output);
  const Tape<T>& tape = *output.tape();
  tape.check_live("gradient", output);
  NodeId first = output.id();
  for (const Var<T>& input : inputs) {
    check_on_tape("an input", input);
    tape.check_live("gradient", input);
    first = std::min(first, input.id());
  }

  const NoGrad guard(!options.create_graph);
  Sweep<T> sweep(tape, first, output.id());
  for (const Var<T>& input : inputs) sweep.request(input.id());
  sweep.run(initial_cotangent(output, options.cotangent));

  std::vector<Var<T>> result;
  result.reserve(inputs.size());
  for (const Var<T>& input : inputs) {
    const bool reached = input.id() <= output.id() && sweep.adjoint(input.id());
    result.push_back(reached ? *sweep.adjoint(input.id()) : Var<T>(Tensor<T>(input.shape(), T(0))));
  }
  return result;
}

template std::vector<Var<float>> gradient(const Var<float>&, const std::vector<Var<float>>&,
                                          const GradientOptions<float>&);
template std::vector<Var<double>> gradient(const Var<double>&, const std::vector<Var<double>>&,
                                           const GradientOptions<double>&);

}  // namespace premelt
