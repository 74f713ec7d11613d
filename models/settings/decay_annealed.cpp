#include "models/settings/decay_annealed.hpp"

#include <cmath>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/trained.hpp"
#include "models/tasks/linear_task.hpp"

namespace premelt {

namespace {

/// What LinearTask reads, with fresh white inputs and no control of its own.
Hyperparameters task_parameters(Hyperparameters parameters) {
  parameters.set("control", std::string("none"));
  parameters.add({"control_probes", std::string("own"), ""});
  parameters.add({"condition_number", 1.0, ""});
  parameters.add({"probe_kind", std::string("gaussian"), ""});
  parameters.add({"data", std::string(), ""});
  parameters.add({"targets", std::string(), ""});
  parameters.add({"whiten", true, ""});
  return parameters;
}

class DecayAnnealed : public TrainedExperiment<double> {
 public:
  explicit DecayAnnealed(const Hyperparameters& parameters)
      : TrainedExperiment(parameters,
                          std::make_unique<Sgd<double>>(SgdOptions{.lr = parameters.number("learning_rate")}),
                          {}, {"data", "noise", "weight_noise"}),
        task_(task_parameters(parameters)) {
    const std::size_t hidden = parameters.count("hidden");
    const double sd = parameters.number("init_sd");
    weights_.add("layers.0", normal_tensor<double>(Shape{task_.teacher().inputs(), hidden}, init_, sd));
    weights_.add("layers.1", normal_tensor<double>(Shape{hidden, task_.teacher().outputs()}, init_, sd));
  }

  void step() override {
    const Batch batch = task_.draw(parameters_.count("batch"), streams_["data"], streams_["noise"]);
    const double rate = parameters_.number("learning_rate");
    // Decay and noise act on the weights directly, so that the gradient norm is that of the loss.
    const double decay = rate * weight_decay(), kick = rate * parameters_.number("weight_noise");
    Rng& weight_noise = streams_["weight_noise"];
    Tensor<double> change(weights_.flat().shape());
    const auto theta = weights_.flat().flat();
    for (std::size_t i = 0; i < theta.size(); ++i)
      change.flat()[i] = kick * weight_noise.normal() - decay * theta[i];
    descend([&](const Leaves<double>& leaves) {
      return mean(squared_error<double>(forward(leaves, batch.inputs), batch.targets));
    });
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] += change.flat()[i];
  }

  void probe_losses(std::span<double> losses) override {
    const Var<double> per_sample =
        squared_error<double>(forward(weights_.constants(), task_.probes().inputs), task_.probes().targets);
    std::ranges::copy(per_sample.value().flat(), losses.begin());
  }

  void order_parameters(std::span<double> values) override {
    const Teacher& teacher = task_.teacher();
    const std::size_t modes = teacher.modes();
    const Tensor<double> images = forward(weights_.constants(), teacher.right).value();  // W·v_k in row k
    for (std::size_t k = 0; k < modes; ++k)
      values[k] = blas::dot(teacher.outputs(), images.row(k).data(), teacher.left.row(k).data());
    const double first = parameters_.number("decay_start");
    values[modes] = weight_decay();
    values[modes + 1] = (first - weight_decay()) / (first - teacher.strengths[0]);
  }

  std::unique_ptr<LossLandscape> landscape() const override {
    return landscape_of(task_.probe_blocks().size(), [probes = task_.probes()](const Leaves<double>& theta) {
      return squared_error<double>(forward(theta, probes.inputs), probes.targets);
    });
  }

  std::vector<std::string> probe_blocks() const override { return task_.probe_blocks(); }

  std::vector<std::string> order_names() const override {
    std::vector<std::string> names;
    for (std::size_t k = 1; k <= task_.teacher().modes(); ++k) names.push_back("s" + std::to_string(k));
    names.insert(names.end(), {"weight_decay", "drive"});
    return names;
  }

  std::vector<EventSpec> events() const override { return {{"critical", "drive", 2, "constant"}}; }

 private:
  static Var<double> forward(const Leaves<double>& weights, const Tensor<double>& inputs) {
    return matmul<double>(matmul<double>(batched(inputs), weights[0]), weights[1]);
  }

  double weight_decay() const {
    const double first = parameters_.number("decay_start");
    if (parameters_.text("control") == "constant") return first;
    const double progress = static_cast<double>(time_) / parameters_.number("sweep_steps");
    return std::lerp(first, parameters_.number("decay_end"), std::min(progress, 1.0));
  }

  LinearTask task_;
};

}  // namespace

Setting decay_annealed_setting() {
  const std::vector<Hyperparameter> own{
      {"learning_rate", 0.01, "step size on the mean of half the squared error", 0},
      {"batch", std::int64_t{16}, "samples a step", 1},
      {"label_noise", 1.0, "standard deviation of the noise on training targets", 0},
      {"weight_noise", 1.0, "standard deviation of the noise on the gradient of every weight", 0},
      {"decay_start", 4.0, "weight decay at step 0", 0},
      {"decay_end", 1.5, "weight decay after the sweep", 0},
      {"sweep_steps", 4000.0, "steps in which weight decay goes all its way", 1},
      {"strengths", std::vector<double>{2, 1}, "the teacher's modes S_k, largest first", 0},
      {"inputs", std::int64_t{8}, "input dimensions", 1},
      {"hidden", std::int64_t{8}, "hidden units", 1},
      {"outputs", std::int64_t{6}, "output dimensions", 1},
      {"init_sd", 0.01, "sd of the initial weights", 0},
      {"probes", std::int64_t{64}, "probe samples", 1},
      {"control",
       std::string("none"),
       "the event-free twin; constant: weight decay stays",
       {},
       {"none", "constant"}},
  };
  return {"decay-annealed", "falling weight decay lets a linear network go: a true second-order transition",
          parameter_table({.steps = 4000, .window = 200, .dtype = "float64"}, own),
          [](const Hyperparameters& parameters) { return std::make_unique<DecayAnnealed>(parameters); }};
}

}  // namespace premelt
