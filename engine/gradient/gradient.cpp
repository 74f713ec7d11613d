#include "engine/gradient/gradient.hpp"

#include <algorithm>

#include "engine/gradient/sweep.hpp"
#include "engine/tensor/error.hpp"

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
void check_gradient_arguments(const Var<T>& output, const std::vector<Var<T>>& inputs) {
  check_on_tape("the output", output);
  output.tape()->check_live("gradient", output);
  for (const Var<T>& input : inputs) {
    check_on_tape("an input", input);
    output.tape()->check_live("gradient", input);
  }
  output.tape()->check_unchanged("gradient", output.id());
}

template <class T>
std::vector<Var<T>> gradient(const Var<T>& output, const std::vector<Var<T>>& inputs,
                             const GradientOptions<T>& options) {
  check_gradient_arguments(output, inputs);
  NodeId first = output.id();
  for (const Var<T>& input : inputs) first = std::min(first, input.id());

  const NoGrad guard(!options.create_graph);
  Sweep<T> sweep(*output.tape(), first, output.id());
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

#define PREMELT_INSTANTIATE(T)                                                       \
  template void check_gradient_arguments(const Var<T>&, const std::vector<Var<T>>&); \
  template std::vector<Var<T>> gradient(const Var<T>&, const std::vector<Var<T>>&, const GradientOptions<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
