#include "models/settings/schematic.hpp"

#include <cmath>

#include "engine/tensor/error.hpp"
#include "models/experiment/streams.hpp"
#include "rdm/window/null.hpp"

namespace premelt {

namespace {

constexpr std::size_t groups = 3;

class Schematic : public Experiment {
 public:
  explicit Schematic(const Hyperparameters& parameters)
      : parameters_(parameters), streams_(parameters.count("seed"), {"noise"}) {
    const std::size_t n = parameters.count("probes");
    Rng init(parameters.count("seed"), "init");
    for (std::size_t i = 0; i < n; ++i) {
      const bool moves = block(i) == 1;
      baseline_.push_back(2 + 0.3 * init.normal());
      direction_.push_back(moves ? -(1 + 0.3 * init.uniform(-1, 1)) : 0.0);
    }
  }

  void step() override { ++time_; }

  void probe_losses(std::span<double> losses) override {
    const double noise_sd = parameters_.number("noise_sd");
    Rng& noise = streams_["noise"];
    for (std::size_t i = 0; i < losses.size(); ++i) {
      losses[i] = baseline_[i] + progress() * direction_[i] + noise_sd * noise.normal();
    }
  }

  void order_parameters(std::span<double> values) override { values[0] = progress(); }

  void save(Checkpoint& checkpoint) const override { streams_.save(checkpoint); }
  void load(const Checkpoint& checkpoint) override {
    streams_.load(checkpoint);
    time_ = checkpoint.step;
  }

  void reseed(std::uint64_t replica) override { streams_.reseed(replica); }

  std::vector<std::string> probe_blocks() const override {
    std::vector<std::string> blocks;
    for (std::size_t i = 0; i < baseline_.size(); ++i) blocks.emplace_back(1, "ABC"[block(i)]);
    return blocks;
  }
  std::vector<std::string> order_names() const override { return {"a"}; }
  std::vector<EventSpec> events() const override { return {{"completion", "a", 1.0, "constant"}}; }

  MonitorOptions monitor_options() const override {
    MonitorOptions options = premelt::monitor_options(parameters_, baseline_.size());
    options.alarm.threshold = noise_null(options).shc_threshold();
    return options;
  }

  std::optional<double> noise_level() const override { return parameters_.number("noise_sd"); }

 private:
  std::size_t block(std::size_t probe) const { return probe * groups / parameters_.count("probes"); }

  double progress() const {
    if (parameters_.text("control") == "constant") return 0;
    return 1 / (1 + std::exp(-(static_cast<double>(time_) - parameters_.number("t0")) /
                             parameters_.number("tau")));
  }

  /// The noise is known here, so the alarm's threshold is the analytic null of the statistic it reads.
  IidNull noise_null(const MonitorOptions& options) const {
    if (options.alarm_statistic != "shc" && options.alarm_statistic != "shc_detrended") {
      throw UsageError(
          "parameter 'alarm_statistic': the null threshold of this setting is known for 'shc' and "
          "'shc_detrended', not for '" +
          options.alarm_statistic + "'");
    }
    return window_null(options.probes, options.window, parameters_.number("noise_sd"),
                       options.alarm_statistic == "shc" ? Detrend::none : Detrend::linear);
  }

  Hyperparameters parameters_;
  std::vector<double> baseline_;
  std::vector<double> direction_;
  Streams streams_;
  std::int64_t time_ = 0;
};

}  // namespace

Setting schematic_setting() {
  return {"schematic", "one group of probes falls together (the paper's Fig. 1; nothing is trained)",
          parameter_table({.steps = 400, .window = 40, .dtype = "float64"},
                          {
                              {"probes", std::int64_t{60}, "probes, in three equal groups A, B and C", 3},
                              {"t0", 200.0, "step at which group B is half-way"},
                              {"tau", 10.0, "duration of the transition in steps", 1e-6},
                              {"noise_sd", 0.05, "standard deviation of the i.i.d. noise on every loss", 0},
                              {"control",
                               std::string("none"),
                               "the event-free twin; constant: group B stays",
                               {},
                               {"none", "constant"}},
                          }),
          [](const Hyperparameters& parameters) { return std::make_unique<Schematic>(parameters); }};
}

}  // namespace premelt
