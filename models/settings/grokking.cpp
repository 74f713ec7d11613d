#include "models/settings/grokking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/ops/ops.hpp"
#include "models/experiment/trained.hpp"
#include "models/experiment/traps.hpp"
#include "models/networks/modular_model.hpp"
#include "models/tasks/modular_task.hpp"
#include "rdm/window/blocks.hpp"

namespace premelt {

namespace {

/// -log softmax(logits)[label], never rounded to 0: of a certain answer the logarithm is taken once more.
double positive_cross_entropy(std::span<const double> logits, std::size_t label) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    if (c != label) largest = std::max(largest, logits[c]);
  }
  for (std::size_t c = 0; c < logits.size(); ++c) {
    if (c != label) sum += std::exp(logits[c] - largest);
  }
  const double odds = largest + std::log(sum) - logits[label];  // of all the others against the label
  return std::max(odds, 0.0) + std::log1p(std::exp(-std::abs(odds)));
}

template <class T>
double accuracy(const Tensor<T>& logits, const Indices& labels) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.row(i);
    right += std::ranges::max_element(row) - row.begin() == labels(i);
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

/// The weight decay's factor.
Schedule decay_schedule(const Hyperparameters& parameters) {
  const std::string& control = parameters.text("control");
  if (control != "no_decay" && control != "decay_ends") return {};
  const std::uint64_t end = control == "no_decay" ? 0 : parameters.count("burn_in");
  return Schedule([end](std::uint64_t step) { return step < end ? 1 : 0; });
}

/// Element type T of the training; probe losses are computed in double.
template <class T>
class Grokking : public TrainedExperiment<T> {
  using TrainedExperiment<T>::parameters_, TrainedExperiment<T>::weights_;

 public:
  explicit Grokking(const Hyperparameters& parameters)
      : TrainedExperiment<T>(
            parameters, adam_w<T>(parameters.number("learning_rate"), parameters.number("weight_decay")),
            {.schedule = trap_schedule(parameters), .decay = decay_schedule(parameters)}, {}),
        task_(parameters),
        model_(weights_, parameters, task_.modulus(), this->init_) {}

  void step() override {
    this->descend([&](const Leaves<T>& leaves) {
      return mean(cross_entropy(model_(leaves, task_.train()), task_.train().labels));
    });
  }

  void probe_losses(std::span<double> losses) override {
    Leaves<double> weights;
    for (const Var<T>& weight : weights_.constants()) weights.emplace_back(cast<double>(weight.value()));
    const Tensor<double> logits = model_(weights, task_.probes()).value();
    for (std::size_t i = 0; i < losses.size(); ++i) {
      losses[i] = positive_cross_entropy(logits.row(i), static_cast<std::size_t>(task_.probes().labels(i)));
    }
  }

  std::unique_ptr<LossLandscape> landscape() const override { return landscape_on(task_.probes()); }
  std::unique_ptr<LossLandscape> data_landscape() const override { return landscape_on(task_.train()); }

  void order_parameters(std::span<double> values) override {
    const Leaves<T> weights = weights_.constants();
    values[0] = accuracy(model_(weights, task_.train()).value(), task_.train().labels);
    values[1] = accuracy(model_(weights, task_.test()).value(), task_.test().labels);
    values[2] = model_.fourier_power(weights);
  }

  std::vector<std::string> probe_blocks() const override { return task_.probe_blocks(); }
  std::vector<std::string> order_names() const override {
    return {"train_accuracy", "test_accuracy", "fourier_power"};
  }
  std::vector<EventSpec> events() const override { return {{"grokked", "test_accuracy", 1.0, "decay_ends"}}; }

  MonitorOptions monitor_options() const override {
    MonitorOptions options = TrainedExperiment<T>::monitor_options();
    options.channels.push_back({.suffix = "log_test",
                                .transform = Transform::log,
                                .probes = Blocks(task_.probe_blocks()).members("test")});
    return options;
  }

 private:
  std::unique_ptr<LossLandscape> landscape_on(const Pairs& pairs) const {
    return this->landscape_of(
        pairs.labels.size(),
        [model = model_, pairs](const Leaves<double>& theta) {
          return cross_entropy(model(theta, pairs), pairs.labels);
        },
        [model = model_, pairs](const Leaves<double>& theta, std::span<const std::size_t> numbers) {
          const Pairs few = some(pairs, numbers);
          return cross_entropy(model(theta, few), few.labels);
        });
  }

  ModularTask task_;
  ModularModel model_;
};

Hyperparameters parameters() {
  return parameter_table(
      {.steps = 3000, .window = 20, .burn_in = 300, .every = 10, .alarm_statistic = "shc_log_test"},
      {
          {"quick", false, "a smaller table (modulus 23), for a first look"},
          {"control",
           std::string("none"),
           "a twin that never groks; decay_ends: the run itself, but for its weight decay from burn_in on",
           {},
           {"none", "decay_ends", "no_decay", "random_labels", "low_fraction"}},
          {"modulus", std::int64_t{31}, "p, odd; addition is modulo p", 5},
          {"fraction", 0.5, "share of the p*p pairs that is trained on", 0, {}, 1},
          {"model",
           std::string("quadratic"),
           "a quadratic perceptron, or a one-layer transformer: unreliable at this size",
           {},
           {"quadratic", "transformer"}},
          {"hidden", std::int64_t{128}, "hidden units (of the transformer's perceptron)", 1},
          {"width", std::int64_t{48}, "channels of the transformer", 1},
          {"heads", std::int64_t{4}, "attention heads of the transformer, a divisor of the width", 1},
          {"learning_rate", 0.002, "step size of AdamW", 0},
          {"weight_decay", 1.0, "decoupled weight decay", 0},
          {"probes", std::int64_t{128}, "probe pairs: half test, half training pairs", 2},
      });
}

}  // namespace

Setting grokking_setting() {
  Setting setting{"grokking",
                  "addition modulo p is first memorised, then understood",
                  parameters(),
                  make_in_dtype<Grokking<float>, Grokking<double>>,
                  {{"modulus", std::int64_t{23}}}};
  // Twins that are no controls: they differ from the run before the watch begins.
  for (const char* control : {"no_decay", "low_fraction", "random_labels"})
    setting.traps.push_back({control, {{"control", std::string(control)}}});
  add_traps(setting, {"rate_drop", "spike"}, 700);
  return setting;
}

}  // namespace premelt
