#include "models/settings/deep_linear.hpp"

#include <algorithm>
#include <cmath>

#include "engine/linalg/blas.hpp"
#include "engine/ops/ops.hpp"
#include "engine/tensor/error.hpp"
#include "models/experiment/trained.hpp"
#include "models/experiment/traps.hpp"
#include "models/tasks/linear_task.hpp"

namespace premelt {

namespace {

/// Standard deviation of the initial weights: small enough for plateaus, large enough to leave them.
double initial_sd(const Hyperparameters& parameters) {
  const double sd = parameters.number("init_sd");
  if (sd > 0) return sd;
  return parameters.count("depth") <= 2 ? 1e-3 : 0.05;
}

/// Element type T of the weights and of the training; probe losses are handed on in double.
template <class T>
class DeepLinear : public TrainedExperiment<T> {
  using TrainedExperiment<T>::parameters_, TrainedExperiment<T>::weights_, TrainedExperiment<T>::streams_;

 public:
  explicit DeepLinear(const Hyperparameters& parameters)
      : TrainedExperiment<T>(
            parameters,
            std::make_unique<Sgd<T>>(SgdOptions{.lr = parameters.number("learning_rate"),
                                                .momentum = parameters.number("momentum"),
                                                .weight_decay = parameters.number("weight_decay")}),
            {.schedule = trap_schedule(parameters)}, {"data", "noise"}),
        task_(parameters),
        probe_inputs_(cast<T>(task_.probes().inputs)),
        probe_targets_(cast<T>(task_.probes().targets)) {
    initialise();
    if (parameters.text("optimiser") == "gd") {
      population_ = {cast<T>(task_.population().inputs), cast<T>(task_.population().targets)};
    }
  }

  void step() override {
    Samples batch = population_;
    if (batch.inputs.empty()) {
      const Batch drawn = task_.draw(batch_size(), streams_["data"], streams_["noise"]);
      batch = {cast<T>(drawn.inputs), cast<T>(drawn.targets)};
    }
    this->descend([&](const Leaves<T>& leaves) {
      return mean(squared_error<T>(forward(leaves, batch.inputs), batch.targets));
    });
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> per_sample = squared_error<T>(forward(weights_.constants(), probe_inputs_), probe_targets_);
    std::ranges::copy(per_sample.value().flat(), losses.begin());
  }

  void order_parameters(std::span<double> values) override {
    const Tensor<double> map = end_to_end();
    const Teacher& teacher = task_.teacher();
    const auto [from, singular_values, to] = blas::svd(map);
    const std::size_t inputs = teacher.inputs(), outputs = teacher.outputs();
    std::vector<double> image(outputs);
    for (std::size_t k = 0; k < teacher.modes(); ++k) {
      const double* u = teacher.left.row(k).data();
      const double* v = teacher.right.row(k).data();
      blas::gemv(blas::Transpose::yes, inputs, outputs, 1.0, map.data(), outputs, v, 0.0, image.data());
      values[k] = blas::dot(outputs, image.data(), u);
      values[teacher.modes() + k] = std::abs(blas::dot(inputs, v, from.row(k).data())) *
                                    std::abs(blas::dot(outputs, u, to.row(k).data()));
    }
  }

  std::unique_ptr<LossLandscape> landscape() const override {
    return this->landscape_of(task_.probe_blocks().size(),
                              [probes = task_.probes()](const Leaves<double>& theta) {
                                return squared_error<double>(forward(theta, probes.inputs), probes.targets);
                              });
  }

  std::vector<std::string> probe_blocks() const override { return task_.probe_blocks(); }

  std::vector<std::string> order_names() const override {
    std::vector<std::string> names;
    for (const char* letter : {"s", "a"}) {
      for (std::size_t k = 1; k <= task_.teacher().modes(); ++k) names.push_back(letter + std::to_string(k));
    }
    return names;
  }

  std::vector<EventSpec> events() const override {
    std::vector<EventSpec> specs;
    for (std::size_t k = 1; k <= task_.teacher().modes(); ++k) {
      const std::string number = std::to_string(k);
      specs.push_back({.name = "mode" + number,
                       .order = "s" + number,
                       .target = task_.teacher().strengths[k - 1],
                       .control = "mode" + number,
                       .alignment = "a" + number,
                       .null = {{"control_probes", std::string("teacher")}}});
    }
    return specs;
  }

  MonitorOptions monitor_options() const override {
    MonitorOptions options = TrainedExperiment<T>::monitor_options();
    options.alarm.factor = parameters_.number("alarm_factor");
    return options;
  }

 private:
  struct Samples {
    Tensor<T> inputs;   ///< (B,d_in)
    Tensor<T> targets;  ///< (B,d_out)
  };

  /// A quarter of it once the trap `batch_drop` has sprung.
  std::size_t batch_size() const {
    const std::size_t batch = parameters_.count("batch");
    const bool dropped =
        parameters_.text("trap") == "batch_drop" && this->time_ >= parameters_.integer("trap_step");
    return dropped ? std::max<std::size_t>(batch / 4, 1) : batch;
  }

  /// (B,d_in) -> (B,d_out). Layers are stored (in,out), so W of the theory is the transpose of their product.
  template <class U>
  static Var<U> forward(const Leaves<U>& weights, const Tensor<U>& inputs) {
    Var<U> h = batched(inputs);
    for (const Var<U>& weight : weights) h = matmul<U>(h, weight);
    return h;
  }

  std::vector<std::size_t> widths() const {
    std::vector<std::size_t> widths(parameters_.count("depth") + 1, parameters_.count("hidden"));
    widths.front() = task_.teacher().inputs();
    widths.back() = task_.teacher().outputs();
    return widths;
  }

  void initialise() {
    const std::vector<std::size_t> width = widths();
    if (parameters_.text("init") == "balanced") {
      balanced(width);
      return;
    }
    for (std::size_t d = 0; d + 1 < width.size(); ++d) {
      add_layer(d, normal_tensor<T>(Shape{width[d], width[d + 1]}, this->init_, initial_sd(parameters_)));
    }
  }

  void add_layer(std::size_t d, const Tensor<T>& layer) {
    weights_.add("layers." + std::to_string(d), layer);
  }

  /// Every layer carries mode k along one common direction with weight a0^{1/D}, so that s_k(0) = a0 and all
  /// other entries of W vanish in the teacher's basis: Saxe's exactly solvable start.
  void balanced(const std::vector<std::size_t>& width) {
    const Teacher& teacher = task_.teacher();
    const std::size_t depth = width.size() - 1, modes = teacher.modes();
    if (depth > 1 && parameters_.count("hidden") < modes) {
      throw UsageError("parameter 'hidden': a balanced start of " + std::to_string(modes) +
                       " modes needs at least as many hidden units, got " +
                       std::to_string(parameters_.count("hidden")));
    }
    const double weight = std::pow(parameters_.number("balanced_strength"), 1 / static_cast<double>(depth));
    const Tensor<double> hidden =
        depth > 1 ? premelt::random_orthonormal_rows(modes, parameters_.count("hidden"), this->init_)
                  : Tensor<double>();
    for (std::size_t d = 0; d < depth; ++d) {
      const Tensor<double>& from = d == 0 ? teacher.right : hidden;
      const Tensor<double>& to = d + 1 == depth ? teacher.left : hidden;
      Tensor<double> layer(Shape{width[d], width[d + 1]});
      blas::gemm(blas::Transpose::yes, blas::Transpose::no, width[d], width[d + 1], modes, weight,
                 from.data(), width[d], to.data(), width[d + 1], 0.0, layer.data(), width[d + 1]);
      add_layer(d, cast<T>(layer));
    }
  }

  /// Wᵀ = W_1···W_D as (d_in,d_out).
  Tensor<double> end_to_end() const {
    Var<double> product(cast<double>(weights_[0]));
    for (std::size_t d = 1; d < weights_.entries().size(); ++d) {
      product = matmul<double>(product, cast<double>(weights_[d]));
    }
    return product.value();
  }

  LinearTask task_;
  Samples population_;  ///< empty under SGD
  Tensor<T> probe_inputs_, probe_targets_;
};

Hyperparameters parameters() {
  return parameter_table(
      {.steps = 3300, .window = 80, .dtype = "float64"},
      {
          {"alarm_factor", 10.0, "the alarm's statistic exceeds this times its running minimum (F)", 1.0},
          {"optimiser",
           std::string("sgd"),
           "sgd: fresh batches; gd: the population gradient",
           {},
           {"sgd", "gd"}},
          {"learning_rate", 0.005, "step size on the mean of half the squared error", 0},
          {"momentum", 0.0, "momentum of SGD", 0, {}, 1},
          {"weight_decay", 0.0, "L2 penalty added to the gradient", 0},
          {"batch", std::int64_t{32}, "samples a step (sgd)", 1},
          {"label_noise", 0.0, "standard deviation of the noise on training targets", 0},
          {"strengths", std::vector<double>{4, 2, 1, 0.5}, "the teacher's modes S_k, largest first", 0},
          {"inputs", std::int64_t{16}, "input dimensions", 1},
          {"hidden", std::int64_t{16}, "hidden units in each hidden layer", 1},
          {"outputs", std::int64_t{10}, "output dimensions", 1},
          {"depth", std::int64_t{2}, "weight matrices", 1},
          {"init",
           std::string("normal"),
           "normal: random weights; balanced: Saxe's exactly solvable start",
           {},
           {"normal", "balanced"}},
          {"init_sd", 0.0, "sd of the initial weights; 0: 0.001 up to 2 layers, 0.05 beyond", 0},
          {"balanced_strength", 1e-5, "initial strength of every mode of a balanced start", 0},
          {"condition_number", 1.0, "of the input covariance; 1: whitened inputs", 1},
          {"probes", std::int64_t{64}, "probe samples", 1},
          {"probe_kind",
           std::string("gaussian"),
           "gaussian: fresh inputs; grouped: near +-sqrt(3) v_k, mode by mode",
           {},
           {"gaussian", "grouped"}},
          {"control", std::string("none"), "modeK: the event-free twin in which modes from K on are noise"},
          {"control_probes",
           std::string("own"),
           "labels of a twin's probes: own, unlearnable like the rest; teacher: what a run with the event "
           "has",
           {},
           {"own", "teacher"}},
          {"data", std::string(), "a CSV table to learn instead of the random teacher"},
          {"targets", std::string(), "its target columns, separated by commas (text columns become classes)"},
          {"whiten", true, "whiten the table's inputs, so that modes are learnt independently"},
      });
}

}  // namespace

Setting deep_linear_setting() {
  Setting setting{"deep-linear",
                  "a deep linear network learns a linear map mode by mode (the paper's Figs. 2 and 3)",
                  parameters(), make_in_dtype<DeepLinear<float>, DeepLinear<double>>};
  add_traps(setting, {"rate_drop", "warm_up", "spike", "batch_drop"}, 2000);
  // One layer learns all modes at once, from the first step on: losses drift and nothing is discovered.
  setting.traps.push_back(
      {"linear_regression", {{"depth", std::int64_t{1}}, {"control", std::string("none")}}});
  return setting;
}

}  // namespace premelt
