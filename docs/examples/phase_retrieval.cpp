/// A new setting: a single quadratic neuron learns the direction of another one, up to its sign.

#include <cmath>

#include "cli/program/cli_main.hpp"
#include "engine/linalg/norm.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/supervised.hpp"

using namespace premelt;

namespace {

/// Inputs, and what the teacher makes of them.
struct Measured {
  Tensor<double> inputs;   ///< (B,d)
  Tensor<double> targets;  ///< (B,1): (w*·x)²
};

/// Targets (w*·x)² with |w*| = 1, student (w·x)². At w = 0 the gradient vanishes: training starts on a
/// plateau, leaves it slowly, and then falls.
class PhaseRetrieval {
 public:
  using Batch = Measured;

  explicit PhaseRetrieval(const Hyperparameters& parameters) : parameters_(parameters) {
    Rng teacher(parameters.count("seed"), "teacher"), probes(parameters.count("seed"), "probes");
    teacher_ = normal_tensor<double>(Shape{parameters.count("inputs"), 1}, teacher);
    const double length = norm(teacher_);
    for (double& w : teacher_.flat()) w /= length;
    probes_ = measure(parameters.count("probes"), probes);
  }

  template <class U>
  Parameters<U> initial() const {
    Rng rng(parameters_.count("seed"), "init");
    Parameters<U> weights;
    weights.add("w", normal_tensor<U>(teacher_.shape(), rng, parameters_.number("init_sd")));
    return weights;
  }

  template <class T>
  static std::unique_ptr<Optimizer<T>> optimiser(const Hyperparameters& parameters) {
    return std::make_unique<Sgd<T>>(SgdOptions{.lr = parameters.number("learning_rate")});
  }

  Batch draw(Rng& data) const { return measure(parameters_.count("batch"), data); }

  template <class U>
  Var<U> losses(const Leaves<U>& theta, const Batch& batch) const {
    return squared_error(square(matmul(batched_as<U>(batch.inputs), theta[0])), batched_as<U>(batch.targets));
  }

  /// The overlap |w·w*|/|w|: 0 for a direction that has nothing to do with the teacher's, 1 when it is found.
  template <class U>
  void order(const Leaves<U>& theta, std::span<double> values) const {
    const Tensor<double> w = cast<double>(theta[0].value());
    double product = 0;
    for (std::size_t i = 0; i < w.size(); ++i) product += w.data()[i] * teacher_.data()[i];
    values[0] = std::abs(product) / norm(w);
  }

  const Batch& probes() const { return probes_; }
  /// Probes whose target is above the median see much of the teacher's direction, the others little.
  std::vector<std::string> probe_blocks() const {
    std::vector<double> sorted(probes_.targets.flat().begin(), probes_.targets.flat().end());
    std::ranges::sort(sorted);
    std::vector<std::string> blocks;
    for (double y : probes_.targets.flat())
      blocks.push_back(y > sorted[sorted.size() / 2] ? "much" : "little");
    return blocks;
  }
  std::vector<std::string> order_names() const { return {"overlap"}; }
  std::vector<EventSpec> events() const { return {{"found", "overlap", 1.0, "random_labels"}}; }

 private:
  Measured measure(std::size_t count, Rng& rng) const {
    const Shape shape{count, teacher_.size()};
    const Tensor<double> x = normal_tensor<double>(shape, rng);
    // The twin without the event gets the targets of other inputs: there is nothing to find.
    const bool random = parameters_.text("control") == "random_labels";
    return {x, square(matmul<double>(random ? normal_tensor<double>(shape, rng) : x, teacher_)).value()};
  }

  Hyperparameters parameters_;
  Tensor<double> teacher_;  ///< w* (d,1), of length 1
  Measured probes_;
};

Setting phase_retrieval_setting() {
  return {"phase-retrieval", "a quadratic neuron finds the direction of another one",
          parameter_table({.steps = 300, .window = 20, .dtype = "float64"},
                          {
                              {"learning_rate", 0.01, "step size of SGD", 0},
                              {"batch", std::int64_t{64}, "fresh samples a step", 1},
                              {"inputs", std::int64_t{20}, "input dimensions", 1},
                              {"init_sd", 0.01, "sd of the initial weights", 0},
                              {"probes", std::int64_t{40}, "losses watched", 2},
                              {"control",
                               std::string("none"),
                               "the event-free twin; random_labels: targets of other inputs",
                               {},
                               {"none", "random_labels"}},
                          }),
          make_supervised<PhaseRetrieval>};
}

}  // namespace

int main(int argc, char** argv) {
  return premelt::cli_main(argc, argv, {phase_retrieval_setting()});
}
