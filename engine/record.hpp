#pragma once
/// For authors of ops: how an op puts itself on the tape. An op is one function that checks shapes, computes
/// the value and ends in
///
///     return record("mul", value, wrt(a, [b](const Var<T>& g) { return g * b; }),
///                                 wrt(b, [a](const Var<T>& g) { return g * a; }));
///
/// `wrt(input, vjp)` pairs an input with its vector-Jacobian product, written with differentiable ops so that
/// it can be differentiated again. A VJP that needs the op's own output y takes `(g, y)`. A cotangent may
/// have the shape its input was broadcast to: it is summed back.

#include <algorithm>
#include <array>
#include <tuple>
#include <type_traits>

#include "engine/tape.hpp"

namespace premelt {

/// An input of an op, with the vector-Jacobian product that gives its cotangent.
template <class T, class F>
struct Wrt {
  const Var<T>& input;  ///< of the op
  F vjp;                ///< cotangent of the output -> cotangent of the input
};

/// "with respect to": pairs an input with its VJP, for `record`.
template <class T, class F>
Wrt<T, F> wrt(const Var<T>& input, F vjp) {
  return {input, std::move(vjp)};
}

namespace detail {

/// The VJPs of one node's inputs; keeps the output only if one of them asks for it.
template <class T, class... F>
class InputVjps final : public Vjp<T> {
  static constexpr bool needs_output = (std::is_invocable_v<const F&, const Var<T>&, const Var<T>&> || ...);

 public:
  /// One VJP an input, in order.
  InputVjps(const Var<T>& output, F... vjps) : vjps_(std::move(vjps)...) {
    if constexpr (needs_output) output_ = output;
  }

  /// Runs those whose cotangent is wanted.
  void operator()(const Var<T>& cotangent, Cotangents<T>& into) const override {
    std::size_t input = 0;
    const auto one = [&](const auto& vjp) {
      if (into.wants(input)) {
        if constexpr (std::is_invocable_v<decltype(vjp), const Var<T>&, const Var<T>&>) {
          into.set(input, vjp(cotangent, output_));
        } else {
          into.set(input, vjp(cotangent));
        }
      }
      ++input;
    };
    std::apply([&](const auto&... vjp) { (one(vjp), ...); }, vjps_);
  }

 private:
  struct Nothing {};
  std::tuple<F...> vjps_;
  [[no_unique_address]] std::conditional_t<needs_output, Var<T>, Nothing> output_;
};

}  // namespace detail

/// Makes the op's result: a node on the inputs' tape when one of them is tracked and recording is on, a
/// constant otherwise.
template <class T, class... F>
Var<T> record(const char* op, Tensor<T> value, Wrt<T, F>... inputs) {
  Tape<T>* tape = nullptr;
  if (recording()) ((tape = tape == nullptr ? inputs.input.tape() : tape), ...);
  if (tape == nullptr) return Var<T>(std::move(value));
  Var<T> output = tape->next(std::move(value));
  const std::array<const Var<T>*, sizeof...(F)> vars{&inputs.input...};
  tape->append(op, output.shape(), vars,
               std::make_unique<detail::InputVjps<T, F...>>(output, std::move(inputs.vjp)...));
  return output;
}

/// For ops whose inputs share work, or are a list: one VJP fills in all the cotangents that are wanted.
template <class T, class F>
Var<T> record_jointly(const char* op, Tensor<T> value, std::span<const Var<T>> inputs, F vjp) {
  struct Joint final : Vjp<T> {
    explicit Joint(F f) : vjp(std::move(f)) {}
    void operator()(const Var<T>& cotangent, Cotangents<T>& into) const override { vjp(cotangent, into); }
    F vjp;
  };
  const auto tracked = std::ranges::find_if(inputs, &Var<T>::tracked);
  if (!recording() || tracked == inputs.end()) return Var<T>(std::move(value));
  Tape<T>& tape = *tracked->tape();
  Var<T> output = tape.next(std::move(value));
  std::vector<const Var<T>*> vars;
  for (const Var<T>& input : inputs) vars.push_back(&input);
  tape.append(op, output.shape(), vars, std::make_unique<Joint>(std::move(vjp)));
  return output;
}

/// First-order gradients are never differentiated again, so they may be computed in one pass over the
/// numbers; under `create_graph` the same cotangent is composed of recorded ops.
template <class T, class Fast, class Composed>
Var<T> unless_recording(Fast fast, Composed composed) {
  if (recording()) return composed();
  return Var<T>(fast());
}

}  // namespace premelt
