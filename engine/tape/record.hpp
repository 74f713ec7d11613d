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
///
/// Whether the op keeps the samples of a batch apart is judged by the shapes, which is right for ops that
/// work element by element or on rows along later axes. An op that does otherwise says so, for each input, in
/// a third argument of `wrt`.

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <type_traits>

#include "engine/tape/tape.hpp"

namespace premelt {

/// An input of an op, with the vector-Jacobian product that gives its cotangent.
template <class T, class F>
struct Wrt {
  const Var<T>& input;                ///< of the op
  F vjp;                              ///< cotangent of the output -> cotangent of the input
  std::optional<bool> keeps_samples;  ///< by the shapes when not said
};

/// "with respect to": pairs an input with its VJP, for `record`. `keeps_samples`: whether, if entry i of the
/// input's first axis belongs to sample i, entry i of the output's first axis depends on no other sample.
template <class T, class F>
Wrt<T, F> wrt(const Var<T>& input, F vjp, std::optional<bool> keeps_samples = std::nullopt) {
  return {input, std::move(vjp), keeps_samples};
}

namespace detail {

/// What a result of shape `output` is to the samples on account of one input. By the shapes, samples are kept
/// when the first axis stays where it is: the same extent, and no axes added in front of it by broadcasting.
template <class T>
Samples samples_through(const Var<T>& input, const Shape& output, std::optional<bool> keeps_samples) {
  if (input.samples() != Samples::batched) return input.samples();
  const Shape& shape = input.shape();
  const bool by_shape = output.rank() > 0 && output.rank() <= shape.rank() && output[0] == shape[0];
  return keeps_samples.value_or(by_shape) ? Samples::batched : Samples::mixed;
}

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
/// constant otherwise. `value` may be `batched` on account of arguments that are no inputs, such as indices.
template <class T, class... F>
Var<T> record(const char* op, std::type_identity_t<Var<T>> value, Wrt<T, F>... inputs) {
  const Samples samples = std::max(
      {value.samples(), detail::samples_through(inputs.input, value.shape(), inputs.keeps_samples)...});
  Tape<T>* tape = nullptr;
  if (recording()) ((tape = tape == nullptr ? inputs.input.tape() : tape), ...);
  if (tape == nullptr) return Var<T>(std::move(value).value(), samples).detach();
  Var<T> output = tape->next(std::move(value).value(), samples);
  const std::array<const Var<T>*, sizeof...(F)> vars{&inputs.input...};
  tape->append(op, output, vars,
               std::make_unique<detail::InputVjps<T, F...>>(output, std::move(inputs.vjp)...));
  return output;
}

/// For ops whose inputs share work, or are a list: one VJP fills in all the cotangents that are wanted.
/// Whether samples are kept apart is judged by the shapes.
template <class T, class F>
Var<T> record_jointly(const char* op, Tensor<T> value, std::span<const Var<T>> inputs, F vjp) {
  struct Joint final : Vjp<T> {
    explicit Joint(F f) : vjp(std::move(f)) {}
    void operator()(const Var<T>& cotangent, Cotangents<T>& into) const override { vjp(cotangent, into); }
    F vjp;
  };
  Samples samples = Samples::shared;
  for (const Var<T>& input : inputs) {
    samples = std::max(samples, detail::samples_through(input, value.shape(), std::nullopt));
  }
  const auto tracked = std::ranges::find_if(inputs, &Var<T>::tracked);
  if (!recording() || tracked == inputs.end()) return Var<T>(std::move(value), samples).detach();
  Tape<T>& tape = *tracked->tape();
  Var<T> output = tape.next(std::move(value), samples);
  std::vector<const Var<T>*> vars;
  for (const Var<T>& input : inputs) vars.push_back(&input);
  tape.append(op, output, vars, std::make_unique<Joint>(std::move(vjp)));
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
