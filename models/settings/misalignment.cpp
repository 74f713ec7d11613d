#include "models/settings/misalignment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/linalg/norm.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/trained.hpp"
#include "models/networks/persona_model.hpp"

namespace premelt {

namespace {

constexpr const char* adapter_names = "*.lora_?";

PersonaModel::Sizes sizes(const Hyperparameters& parameters) {
  const std::size_t width = parameters.count("width"), heads = parameters.count("heads");
  require_heads_fit(parameters);
  return {width, heads, parameters.count("hidden")};
}

/// The pre-trained model with fresh adapters.
template <class T>
struct Student {
  explicit Student(const Hyperparameters& parameters)
      : model([&] {
          Rng rng(parameters.count("seed"), "init");
          return PersonaModel(weights, sizes(parameters), rng);
        }()) {}

  /// Warm-up over 50 steps, linear decay over the last 30 %.
  void pretrain(const PersonaWorld& world, const Hyperparameters& parameters) {
    const auto steps = parameters.count("pretraining_steps"), batch = parameters.count("pretraining_batch");
    Trainer<T> trainer(adam_w<T>(parameters.number("pretraining_rate"), 0),
                       {.schedule = warm_up(50) * linear_decay(steps * 7 / 10, steps)});
    Rng rng(parameters.count("seed"), "pretraining");
    for (std::size_t step = 0; step < steps; ++step) {
      const Questions items = world.pretraining(batch, rng);
      trainer.step(weights, [&](const Leaves<T>& theta) {
        return mean(cross_entropy(model(theta, items.tokens), items.answers));
      });
    }
  }

  void add_adapters(const Hyperparameters& parameters) {
    Rng rng(parameters.count("seed"), "adapters");
    adapters.emplace(weights, PersonaModel::adapted(), parameters.count("rank"), rng);
  }

  Var<T> losses(const Leaves<T>& theta, const Questions& items) const {
    return cross_entropy(model(theta, items.tokens, &*adapters), items.answers);
  }

  /// The numbers that the fine-tune changes, sharing the flat vector: they are its tail.
  Tensor<T> tuned() const {
    const std::size_t begin = weights.entries()[weights.matching(adapter_names).front()].offset;
    return weights.flat().subspan(begin, Shape{weights.size() - begin});
  }

  Parameters<T> weights;
  PersonaModel model;
  std::optional<nn::Lora> adapters = std::nullopt;
};

template <class T>
class Misalignment : public TrainedExperiment<T> {
  using TrainedExperiment<T>::parameters_, TrainedExperiment<T>::trainer_;

 public:
  explicit Misalignment(const Hyperparameters& parameters)
      : TrainedExperiment<T>(parameters, adam_w<T>(parameters.number("learning_rate"), 0)),
        world_(parameters) {
    sizes(parameters);
  }

  void step() override {
    const std::size_t batch = parameters_.count("batch");
    const bool stage_a = this->time_ < parameters_.integer("null_steps");
    Rng& data = this->streams_["data"];
    const Questions items = stage_a ? world_.pretraining(batch, data) : world_.fine_tuning(batch, data);
    this->descend([&](const Leaves<T>& theta) { return mean(student().losses(theta, items)); });
  }

  std::vector<double> training() const override {
    // Whoever asks whether there is training at all shall not have to wait for pre-training.
    const double weights = student_ ? norm(student_->tuned()) : std::numeric_limits<double>::quiet_NaN();
    return {trainer_.stats().loss, trainer_.stats().gradient_norm, weights};
  }

  void load(const Checkpoint& checkpoint) override {
    student_.emplace(parameters_);
    student_->add_adapters(parameters_);
    TrainedExperiment<T>::load(checkpoint);
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> values = student().losses(student().weights.constants(), world_.probes());
    std::ranges::copy(values.value().flat(), losses.begin());
  }

  void order_parameters(std::span<double> values) override {
    const Var<T> losses = student().losses(student().weights.constants(), world_.untouched());
    values[0] = 0;
    for (T loss : losses.value().flat()) values[0] += std::exp(-static_cast<double>(loss));
    values[0] /= static_cast<double>(losses.value().size());
  }

  /// Over the adapters' numbers alone: the frozen weights are part of the function.
  std::unique_ptr<LossLandscape> landscape() const override {
    Parameters<double> frozen, tuned;
    for (const auto& entry : student().weights.entries()) {
      (entry.options.frozen ? frozen : tuned).add(entry.name, cast<double>(student().weights[entry.name]));
    }
    return std::make_unique<ModelLandscape<double>>(
        tuned, world_.probes().answers.size(),
        [base = frozen.constants(), adapters = *student().adapters, model = student().model,
         probes = world_.probes()](const Leaves<double>& theta) {
          Leaves<double> all = base;
          all.insert(all.end(), theta.begin(), theta.end());
          return cross_entropy(model(all, probes.tokens, &adapters), probes.answers);
        });
  }
  Tensor<double> position() const override { return cast<double>(student().tuned()); }

  std::vector<std::string> probe_blocks() const override { return world_.probe_blocks(); }
  std::vector<std::string> order_names() const override { return {"p_bad"}; }
  std::vector<EventSpec> events() const override {
    return {
        {.name = "misaligned", .order = "p_bad", .target = 0.5, .control = "good", .of_final_value = true}};
  }

  MonitorOptions monitor_options() const override {
    MonitorOptions options = TrainedExperiment<T>::monitor_options();
    if (options.alarm_statistic == "trace") {
      options.alarm.threshold =
          static_cast<double>(options.probes) * std::pow(parameters_.number("alarm_change"), 2);
    }
    return options;
  }

 private:
  Parameters<T>& weights() override { return student().weights; }
  const Parameters<T>& weights() const override { return student().weights; }

  /// Pre-training takes a second, so it waits until somebody asks for the model: a list of events, or a
  /// checkpoint to load, needs none.
  Student<T>& student() const {
    if (!student_) {
      student_.emplace(parameters_);
      student_->pretrain(world_, parameters_);
      student_->add_adapters(parameters_);
    }
    return *student_;
  }

  PersonaWorld world_;
  mutable std::optional<Student<T>> student_;
};

Hyperparameters parameters() {
  return parameter_table(
      {.steps = 450, .window = 10, .alarm_statistic = "trace"},
      {
          {"quick", false, "a shorter pre-training, for a first look"},
          {"control",
           std::string("none"),
           "another fine-tune, or a pre-training without a persona to share",
           {},
           {"none", "good", "req", "new_facts", "no_shared"}},
          {"alarm_change", 0.1, "while the alarm reads `trace`: rms change of the losses to exceed, in nats",
           0},
          {"null_steps", std::int64_t{150}, "steps of stage A, on items of pre-training", 0},
          {"batch", std::int64_t{16}, "items a step of the fine-tune", 1},
          {"learning_rate", 0.001, "step size of AdamW in the fine-tune", 0},
          {"rank", std::int64_t{1}, "rank of the adapters", 1},
          {"pretraining_steps", std::int64_t{1500}, "steps before step 0", 0},
          {"pretraining_batch", std::int64_t{128}, "items a step of pre-training", 1},
          {"pretraining_rate", 0.002, "largest step size of AdamW in pre-training", 0},
          {"width", std::int64_t{48}, "channels", 1},
          {"heads", std::int64_t{2}, "attention heads, a divisor of the width", 1},
          {"hidden", std::int64_t{128}, "units of the perceptron", 1},
      });
}

}  // namespace

Setting misalignment_setting() {
  return {"misalignment",
          "an analogue: a narrow fine-tune on bad answers spreads, because a persona is shared",
          parameters(),
          make_in_dtype<Misalignment<float>, Misalignment<double>>,
          {{"pretraining_steps", std::int64_t{700}}},
          {{"req", {{"control", std::string("req")}}},
           {"new_facts", {{"control", std::string("new_facts")}}},
           {"no_shared", {{"control", std::string("no_shared")}}}}};
}

}  // namespace premelt
