#include "engine/gradient/derivatives.hpp"

#include "engine/gradient/gradient.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// `gradient`, but of a constant too: what does not depend on the inputs has derivative zero.
template <class T>
std::vector<Var<T>> gradient_or_zero(const Var<T>& output, const std::vector<Var<T>>& inputs,
                                     bool create_graph) {
  if (output.tracked()) return gradient(output, inputs, {.create_graph = create_graph});
  std::vector<Var<T>> zeros;
  for (const Var<T>& input : inputs) zeros.emplace_back(Tensor<T>(input.shape(), T(0)));
  return zeros;
}

void check_draws(std::size_t draws) {
  if (draws == 0) throw Error("[hessian_trace] needs at least one draw");
}

}  // namespace

template <class T>
Var<T> inner(const std::vector<Var<T>>& a, const std::vector<Var<T>>& b) {
  if (a.size() != b.size() || a.empty()) {
    throw ShapeError("[inner] lists of " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                     " tensors");
  }
  Var<T> total;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].shape() != b[i].shape()) {
      throw ShapeError("[inner] shapes differ in tensor " + std::to_string(i) + ": " +
                       to_string(a[i].shape()) + " and " + to_string(b[i].shape()));
    }
    const Var<T> term = sum(a[i] * b[i]);
    total = i == 0 ? term : total + term;
  }
  return total;
}

template <class T>
std::vector<Var<T>> hvp(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                        const std::vector<Var<T>>& directions) {
  const std::vector<Var<T>> slopes = gradient(loss, inputs, {.create_graph = true});
  return gradient_or_zero(inner(slopes, directions), inputs, true);
}

template <class T>
Var<T> jvp(const Var<T>& output, const std::vector<Var<T>>& inputs, const std::vector<Var<T>>& directions) {
  if (!output.tracked()) throw Error("[jvp] the output is a constant");
  const Var<T> u = output.tape()->variable(Tensor<T>(output.shape(), T(0)), "", output.samples());
  const std::vector<Var<T>> pulled = gradient(output, inputs, {.cotangent = u, .create_graph = true});
  return gradient_or_zero(inner(pulled, directions), {u}, true)[0];
}

template <class T>
Var<T> curvature(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                 const std::vector<Var<T>>& directions) {
  return inner(hvp(loss, inputs, directions), directions);
}

template <class T>
std::vector<Var<T>> rademacher_like(const std::vector<Var<T>>& inputs, Rng& rng) {
  std::vector<Var<T>> result;
  for (const Var<T>& input : inputs) {
    Tensor<T> signs(input.shape());
    for (T& sign : signs.flat()) sign = rng.bits() >> 63 != 0 ? T(1) : T(-1);
    result.emplace_back(signs);
  }
  return result;
}

template <class T>
double hessian_trace(const Var<T>& loss, const std::vector<Var<T>>& inputs, std::size_t draws, Rng& rng) {
  check_draws(draws);
  const std::size_t mark = loss.tracked() ? loss.tape()->size() : 0;
  double total = 0;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    total += static_cast<double>(curvature(loss, inputs, rademacher_like(inputs, rng)).item());
    loss.tape()->rewind(mark);
  }
  return total / static_cast<double>(draws);
}

template <class T>
std::vector<Tensor<T>> hessian_trace_gradient(const Var<T>& loss, const std::vector<Var<T>>& inputs,
                                              std::size_t draws, Rng& rng) {
  check_draws(draws);
  const std::size_t mark = loss.tracked() ? loss.tape()->size() : 0;
  std::vector<Tensor<T>> total;
  for (const Var<T>& input : inputs) total.emplace_back(input.shape(), T(0));
  for (std::size_t draw = 0; draw < draws; ++draw) {
    const std::vector<Var<T>> slopes =
        gradient_or_zero(curvature(loss, inputs, rademacher_like(inputs, rng)), inputs, false);
    for (std::size_t i = 0; i < total.size(); ++i) {
      const T* slope = slopes[i].value().data();
      for (std::size_t j = 0; j < total[i].size(); ++j) {
        total[i].data()[j] += slope[j] / static_cast<T>(draws);
      }
    }
    loss.tape()->rewind(mark);
  }
  return total;
}

#define PREMELT_INSTANTIATE(T)                                                                             \
  template Var<T> inner(const std::vector<Var<T>>&, const std::vector<Var<T>>&);                           \
  template std::vector<Var<T>> hvp(const Var<T>&, const std::vector<Var<T>>&, const std::vector<Var<T>>&); \
  template Var<T> jvp(const Var<T>&, const std::vector<Var<T>>&, const std::vector<Var<T>>&);              \
  template Var<T> curvature(const Var<T>&, const std::vector<Var<T>>&, const std::vector<Var<T>>&);        \
  template std::vector<Var<T>> rademacher_like(const std::vector<Var<T>>&, Rng&);                          \
  template double hessian_trace(const Var<T>&, const std::vector<Var<T>>&, std::size_t, Rng&);             \
  template std::vector<Tensor<T>> hessian_trace_gradient(const Var<T>&, const std::vector<Var<T>>&,        \
                                                         std::size_t, Rng&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
