#include "engine/gradient/tape_view.hpp"

#include <iomanip>
#include <sstream>

#include "engine/gradient/cotangent_sums.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/gradient/sweep.hpp"
#include "engine/linalg/norm.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

std::string label(NodeId id) {
  return std::string("%").append(std::to_string(id));
}

}  // namespace

template <class T>
std::string to_string(const Tape<T>& tape) {
  std::ostringstream text;
  for (NodeId id = 0; id < tape.size(); ++id) {
    std::ostringstream inputs;
    for (const char* gap = ""; NodeId input : tape.inputs(id)) {
      inputs << std::exchange(gap, " ") << (input == Tape<T>::constant ? "." : label(input));
    }
    text << std::left << std::setw(7) << label(id) << std::setw(16) << tape.op(id) << std::setw(16)
         << inputs.str() << to_string(tape.shape(id));
    if (!tape.name(id).empty()) text << "  " << tape.name(id);
    text << '\n';
  }
  return text.str();
}

template <class T>
std::string to_dot(const Tape<T>& tape) {
  std::ostringstream text;
  text << "digraph tape {\n  rankdir=LR;\n  node [shape=ellipse, fontname=\"sans-serif\"];\n";
  for (NodeId id = 0; id < tape.size(); ++id) {
    const bool leaf = tape.vjp(id) == nullptr;
    text << "  n" << id << " [label=\"" << (tape.name(id).empty() ? tape.op(id) : tape.name(id)) << "\\n"
         << to_string(tape.shape(id)) << '"' << (leaf ? ", shape=box" : "") << "];\n";
    for (NodeId input : tape.inputs(id)) {
      if (input != Tape<T>::constant) text << "  n" << input << " -> n" << id << ";\n";
    }
  }
  text << "}\n";
  return text.str();
}

/// A sweep that remembers what its last step did.
template <class T>
class BackwardWalk<T>::Recorder final : public Sweep<T> {
 public:
  using Sweep<T>::Sweep;
  Step last;

 protected:
  void visit(NodeId id) override {
    last = {id, this->adjoint(id)->value().clone(), {}};
    Sweep<T>::visit(id);
  }
  void deliver(NodeId, NodeId to, const Cotangent<T>& contribution) override {
    const Var<T> sum = total(contribution, this->tape_.shape(to));
    last.sent.emplace_back(to, sum.value().clone());
    this->accumulate(to, sum);
  }
};

template <class T>
BackwardWalk<T>::BackwardWalk(const Var<T>& output, const std::vector<Var<T>>& inputs) {
  check_gradient_arguments(output, inputs);
  if (output.value().size() != 1) {
    throw ShapeError("[backward_walk] the output must have one element, its shape is " +
                     to_string(output.shape()));
  }
  sweep_ = std::make_unique<Recorder>(*output.tape(), 0, output.id());
  for (const Var<T>& input : inputs) sweep_->request(input.id());
  sweep_->start(Tensor<T>(output.shape(), T(1)));
}

template <class T>
BackwardWalk<T>::~BackwardWalk() = default;

template <class T>
std::optional<typename BackwardWalk<T>::Step> BackwardWalk<T>::step() {
  const NoGrad guard;
  if (!sweep_->step()) return std::nullopt;
  return std::exchange(sweep_->last, {});
}

template <class T>
std::optional<Tensor<T>> BackwardWalk<T>::cotangent(NodeId id) const {
  const std::optional<Var<T>>& adjoint = sweep_->adjoint(id);
  return adjoint ? std::optional(adjoint->value()) : std::nullopt;
}

template <class T>
std::string to_string(const Tape<T>& tape, const typename BackwardWalk<T>::Step& step) {
  std::ostringstream text;
  text << std::setprecision(4) << '%' << step.node << ' ' << tape.op(step.node) << ' '
       << to_string(step.cotangent.shape()) << ", |cotangent| " << norm(step.cotangent) << "; sends";
  for (const auto& [to, contribution] : step.sent) text << " %" << to << " |" << norm(contribution) << '|';
  return text.str();
}

#define PREMELT_INSTANTIATE(T)                    \
  template std::string to_string(const Tape<T>&); \
  template std::string to_dot(const Tape<T>&);    \
  template class BackwardWalk<T>;                 \
  template std::string to_string(const Tape<T>&, const BackwardWalk<T>::Step&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
