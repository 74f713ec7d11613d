#include "engine/gradient.hpp"

#include <algorithm>

#include "engine/error.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"

namespace premelt {

namespace {

/// One reverse sweep over the nodes `first`..`last` of a tape.
template <class T>
class Sweep {
 public:
  Sweep(const Tape<T>& tape, NodeId first, NodeId last)
      : tape_(tape), first_(first), last_(last), role_(last - first + 1), adjoints_(last - first + 1) {}

  void request(NodeId id) {
    if (id <= last_) role(id) = Role::requested;
  }

  /// Afterwards `adjoint(id)` holds the cotangents of the requested nodes.
  void run(Var<T> cotangent) {
    mark_path();
    if (role(last_) == Role::idle) return;
    adjoint(last_) = std::move(cotangent);
    for (NodeId id = last_ + 1; id-- > first_;) {
      if (adjoint(id) && tape_.vjp(id) != nullptr) visit(id);
    }
  }

  std::optional<Var<T>>& adjoint(NodeId id) { return adjoints_[id - first_]; }

 private:
  /// Whether a node's cotangent is needed: not at all, to pass it on to a requested node, or for itself.
  enum class Role : char { idle, on_path, requested };
  Role& role(NodeId id) { return role_[id - first_]; }
  bool needed(NodeId id) { return id != Tape<T>::constant && id >= first_ && role(id) != Role::idle; }

  void mark_path() {
    for (NodeId id = first_; id <= last_; ++id) {
      if (role(id) != Role::idle) continue;
      if (std::ranges::any_of(tape_.inputs(id), [this](NodeId i) { return needed(i); }))
        role(id) = Role::on_path;
    }
  }

  void visit(NodeId id) {
    const std::span<const NodeId> inputs = tape_.inputs(id);
    if (std::ranges::none_of(inputs, [this](NodeId i) { return needed(i); })) return;
    // The VJP may record nodes and so move the tape's list of edges: work on a copy of the inputs.
    sources_.assign(inputs.begin(), inputs.end());
    cotangents_.reset(sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (needed(sources_[i])) cotangents_.want(i);
    }
    const Var<T> cotangent =
        role(id) == Role::requested ? *adjoint(id) : *std::exchange(adjoint(id), std::nullopt);
    (*tape_.vjp(id))(cotangent, cotangents_);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (std::optional<Var<T>> contribution = cotangents_.take(i))
        accumulate(sources_[i], *std::move(contribution));
    }
  }

  void accumulate(NodeId id, Var<T> contribution) {
    contribution = sum_to(contribution, tape_.shape(id));
    std::optional<Var<T>>& sum = adjoint(id);
    if (!sum) {
      sum = std::move(contribution);
    } else if (recording()) {
      sum = add(*sum, contribution);
    } else {
      sum = add_in_place(std::move(*sum).value(), contribution.value());
    }
  }

  static Var<T> add_in_place(Tensor<T> sum, const Tensor<T>& contribution) {
    if (!sum.unique()) return add(Var<T>(sum), Var<T>(contribution));
    for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += contribution.data()[i];
    return sum;
  }

  const Tape<T>& tape_;
  NodeId first_, last_;
  std::vector<Role> role_;
  std::vector<std::optional<Var<T>>> adjoints_;
  std::vector<NodeId> sources_;
  Cotangents<T> cotangents_;
};

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
