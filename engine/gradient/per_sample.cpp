#include "engine/gradient/per_sample.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "engine/gradient/cotangent_sums.hpp"
#include "engine/gradient/gradient.hpp"
#include "engine/gradient/sweep.hpp"
#include "engine/linalg/blas.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// "op 'sum' mixes the samples: ...", for a node that mixes them or has an input that does.
template <class T>
std::string mixing(const Tape<T>& tape, NodeId id) {
  const auto mixed = [&tape](NodeId i) {
    return i != Tape<T>::constant && tape.samples(i) == Samples::mixed;
  };
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (NodeId input : tape.inputs(id)) {
      if (!mixed(input)) continue;
      id = input;
      deeper = true;
      break;
    }
  }
  return "op '" + std::string(tape.op(id)) + "' mixes the samples: its result " + to_string(tape.shape(id)) +
         " does not keep them apart along the first axis";
}

/// A sweep that keeps the samples apart at the parameters: their adjoints are (n, shape...).
template <class T>
class PerSampleSweep : public Sweep<T> {
 public:
  PerSampleSweep(const Var<T>& losses, const std::vector<Var<T>>& parameters)
      : Sweep<T>(*losses.tape(), 0, losses.id()), n_(losses.shape()[0]) {
    for (const Var<T>& parameter : parameters) this->request(parameter.id());
  }

 protected:
  void visit(NodeId id) override {
    if (this->tape_.samples(id) != Samples::shared) return Sweep<T>::visit(id);
    // The same for all samples, with a cotangent for each sample: one after the other.
    const Tensor<T> cotangents = this->take_adjoint(id).value();
    const Shape& shape = this->tape_.shape(id);
    std::vector<std::pair<NodeId, Tensor<T>>> results;
    for (std::size_t sample = 0; sample < n_; ++sample) {
      std::size_t slot = 0;
      const Var<T> one = cotangents.subspan(sample * shape.size(), shape);
      this->pass_on(id, one, [&](NodeId to, const Cotangent<T>& contribution) {
        const Shape& input = this->tape_.shape(to);
        if (sample == 0) results.emplace_back(to, Tensor<T>(prepend(n_, input)));
        const Tensor<T> row = total(contribution, input).value();
        std::ranges::copy(row.flat(), results[slot++].second.data() + sample * input.size());
      });
    }
    for (auto& [to, gradients] : results) arrive(to, gradients);
  }

  void deliver(NodeId from, NodeId to, const Cotangent<T>& contribution) override {
    const Shape& shape = this->tape_.shape(to);
    if (this->tape_.samples(to) == Samples::shared) return arrive(to, contribution);
    if (this->tape_.samples(to) == Samples::mixed)
      throw ShapeError("[per_sample] " + mixing(this->tape_, to));
    if (shape[0] != n_) {
      throw ShapeError("[per_sample] op '" + std::string(this->tape_.op(from)) + "' takes a " +
                       to_string(shape) + " of " + std::to_string(shape[0]) + " samples for losses of " +
                       std::to_string(n_));
    }
    Sweep<T>::deliver(from, to, contribution);
  }

  /// A contribution, sample by sample, to a shared node's cotangent.
  virtual void arrive(NodeId to, const Cotangent<T>& contribution) {
    this->accumulate(to, per_sample(contribution, this->tape_.shape(to), n_));
  }

  const std::size_t n_;
};

template <class T>
void check_losses(const Var<T>& losses, const std::vector<Var<T>>& parameters) {
  check_gradient_arguments(losses, parameters);
  if (losses.shape().rank() != 1 || losses.shape()[0] == 0) {
    throw ShapeError("[per_sample] losses must be (n), one a sample, got " + to_string(losses.shape()));
  }
  if (losses.samples() == Samples::shared) {
    throw ShapeError("[per_sample] the losses depend on no data: declare the data with batched(...)");
  }
  if (losses.samples() == Samples::mixed) {
    throw ShapeError("[per_sample] " + mixing(*losses.tape(), losses.id()));
  }
  for (const Var<T>& parameter : parameters) {
    if (losses.tape()->vjp(parameter.id()) != nullptr) throw Error("[per_sample] a parameter is not a leaf");
    if (parameter.samples() != Samples::shared) throw Error("[per_sample] a parameter is declared as data");
  }
}

/// Adds to K (n,n) the inner products of the matrices Σ_t left_it ⊗ right_it, for left (n·t,F) and right
/// (n·t,G): Σ_{t,t'} (left_it·left_jt')(right_it·right_jt').
template <class T>
void add_outer_product_gram(const Tensor<T>& left, const Tensor<T>& right, std::size_t n, Tensor<T>& gram) {
  const std::size_t f = left.shape().back(), g = right.shape().back(), rows = left.size() / f, t = rows / n;
  if (t == 0) return;
  // A few samples at a time: (chunk·t, n·t) numbers twice in memory.
  const std::size_t chunk = std::max<std::size_t>(1, 256 / t);
  Tensor<T> a(Shape{chunk * t, rows}), b(Shape{chunk * t, rows});
  for (std::size_t i = 0; i < n; i += chunk) {
    const std::size_t count = std::min(chunk, n - i);
    const auto multiply = [&](const Tensor<T>& x, std::size_t width, Tensor<T>& out) {
      blas::gemm(blas::Transpose::no, blas::Transpose::yes, count * t, rows, width, T(1),
                 x.data() + i * t * width, width, x.data(), width, T(0), out.data(), rows);
    };
    multiply(left, f, a);
    multiply(right, g, b);
    for (std::size_t r = 0; r < count * t; ++r) {
      for (std::size_t j = 0; j < n; ++j) {
        gram(i + r / t, j) += blas::dot(t, a.data() + r * rows + j * t, b.data() + r * rows + j * t);
      }
    }
  }
}

/// Keeps what arrives at the parameters in factored form until `gram` needs it.
template <class T>
class GramSweep final : public PerSampleSweep<T> {
 public:
  using PerSampleSweep<T>::PerSampleSweep;

  Tensor<T> gram() {
    Tensor<T> result(Shape{this->n_, this->n_}, T(0));
    for (const auto& [parameter, contributions] : contributions_) add(parameter, contributions, result);
    return result;
  }

 protected:
  void arrive(NodeId to, const Cotangent<T>& contribution) override {
    if (this->tape_.vjp(to) == nullptr) {
      contributions_[to].push_back(contribution);
    } else {
      PerSampleSweep<T>::arrive(to, contribution);
    }
  }

 private:
  void add(NodeId parameter, const std::vector<Cotangent<T>>& contributions, Tensor<T>& gram) const {
    const std::size_t n = this->n_;
    const Shape& shape = this->tape_.shape(parameter);
    const auto* outer = std::get_if<OuterProducts<T>>(&contributions.front());
    if (contributions.size() == 1 && outer != nullptr) {
      const std::size_t f = shape[0], g = shape[1];
      const std::size_t t = outer->left.value().size() / std::max<std::size_t>(1, n * f);
      // Multiplications of the two factors' Grams against those of forming the block of G and its Gram.
      if (n * t * t * (f + g) < (t + n) * f * g) {
        return add_outer_product_gram(outer->left.value(), outer->right.value(), n, gram);
      }
    }
    Var<T> block = per_sample(contributions.front(), shape, n);
    for (std::size_t i = 1; i < contributions.size(); ++i) {
      block = block + per_sample(contributions[i], shape, n);
    }
    blas::syrk(blas::Transpose::no, n, shape.size(), T(1), block.value().data(), shape.size(), T(1),
               gram.data(), n);
  }

  std::map<NodeId, std::vector<Cotangent<T>>> contributions_;
};

}  // namespace

template <class T>
std::vector<Tensor<T>> per_sample_gradients(const Var<T>& losses, const std::vector<Var<T>>& parameters) {
  check_losses(losses, parameters);
  const NoGrad guard;
  PerSampleSweep<T> sweep(losses, parameters);
  sweep.run(Tensor<T>(losses.shape(), T(1)));
  std::vector<Tensor<T>> result;
  for (const Var<T>& parameter : parameters) {
    const bool reached = parameter.id() <= losses.id() && sweep.adjoint(parameter.id());
    const Shape shape = prepend(losses.shape()[0], parameter.shape());
    result.push_back(reached ? sweep.adjoint(parameter.id())->value() : Tensor<T>(shape, T(0)));
  }
  return result;
}

template <class T>
Tensor<T> per_sample_jacobian(const Var<T>& losses, const std::vector<Var<T>>& parameters) {
  const std::vector<Tensor<T>> blocks = per_sample_gradients(losses, parameters);
  const std::size_t n = losses.shape()[0];
  std::size_t columns = 0;
  for (const Var<T>& parameter : parameters) columns += parameter.value().size();
  Tensor<T> result(Shape{n, columns});
  for (std::size_t begin = 0; const Tensor<T>& block : blocks) {
    const std::size_t width = block.size() / std::max<std::size_t>(1, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(block.data() + i * width, width, result.data() + i * columns + begin);
    }
    begin += width;
  }
  return result;
}

template <class T>
Tensor<T> per_sample_gram(const Var<T>& losses, const std::vector<Var<T>>& parameters) {
  check_losses(losses, parameters);
  const NoGrad guard;
  GramSweep<T> sweep(losses, parameters);
  sweep.run(Tensor<T>(losses.shape(), T(1)));
  return sweep.gram();
}

#define PREMELT_INSTANTIATE(T)                                                                     \
  template std::vector<Tensor<T>> per_sample_gradients(const Var<T>&, const std::vector<Var<T>>&); \
  template Tensor<T> per_sample_jacobian(const Var<T>&, const std::vector<Var<T>>&);               \
  template Tensor<T> per_sample_gram(const Var<T>&, const std::vector<Var<T>>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
