#include "models/settings/toys.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/experiment/streams.hpp"
#include "models/tasks/langevin.hpp"

namespace premelt {

namespace {

/// What tells one toy from another. The driven parameter μ moves linearly from `first` to `last`.
struct Landscape {
  double (*slope)(double x, double mu);  ///< f'(x)
  double start;                          ///< x at step 0
  double first, last, critical;          ///< of μ; at `critical` the well is gone
  std::vector<EventSpec> events;
};

double pitchfork_slope(double x, double mu) {
  return mu * x + x * x * x;
}
double tilted_slope(double x, double mu) {
  return x * x * x - x - mu;
}
double moving_slope(double x, double mu) {
  return x - mu;
}

constexpr double tilt = 0.1;
/// The outer zeros of x³ - x - tilt that matter to the metastable toy.
constexpr double left_minimum = -0.945649, barrier_top = -0.101031;

class Toy : public Experiment {
 public:
  Toy(const Hyperparameters& parameters, Landscape landscape)
      : parameters_(parameters),
        landscape_(std::move(landscape)),
        probes_(parameters),
        dynamics_{parameters.number("learning_rate"), parameters.number("noise_sd")},
        x_(parameters.count("directions"), landscape_.start),
        spectators_(parameters.count("spectators"), 0.0),
        streams_(parameters.count("seed"), {"data", "noise"}) {}

  void step() override {
    const bool confined = parameters_.text("control") == "confined";
    Rng& data = streams_["data"];
    for (double& x : x_) {
      x = dynamics_.next(x, landscape_.slope(x - centre(), mu()), data);
      if (confined && x > barrier_top) x = 2 * barrier_top - x;
    }
    for (double& z : spectators_) z = dynamics_.next(z, z, data);
    ++time_;
  }

  void probe_losses(std::span<double> losses) override {
    probes_.losses(x_, spectators_, streams_["noise"], losses);
  }

  void order_parameters(std::span<double> values) override {
    values[0] = x_.front();
    values[1] = mu();
    values[2] = (mu() - landscape_.first) / (landscape_.critical - landscape_.first);
  }

  void save(Checkpoint& checkpoint) const override {
    Tensor<double> state(Shape{x_.size() + spectators_.size()});
    std::ranges::copy(spectators_, std::ranges::copy(x_, state.flat().begin()).out);
    checkpoint.tensors.insert_or_assign("state", state);
    streams_.save(checkpoint);
  }

  void load(const Checkpoint& checkpoint) override {
    const auto state = checkpoint.tensor<double>("state", Shape{x_.size() + spectators_.size()}).flat();
    const auto middle = state.begin() + static_cast<std::ptrdiff_t>(x_.size());
    x_.assign(state.begin(), middle);
    spectators_.assign(middle, state.end());
    streams_.load(checkpoint);
    time_ = checkpoint.step;
  }

  void reseed(std::uint64_t replica) override { streams_.reseed(replica); }

  std::vector<std::string> probe_blocks() const override { return probes_.blocks(); }
  std::vector<std::string> order_names() const override { return {"x", "parameter", "drive"}; }
  std::vector<EventSpec> events() const override { return landscape_.events; }
  MonitorOptions monitor_options() const override {
    return premelt::monitor_options(parameters_, parameters_.count("probes"));
  }

 private:
  /// The driven parameter now.
  double mu() const {
    if (parameters_.text("control") == "constant" || drifting()) return landscape_.first;
    return std::lerp(landscape_.first, landscape_.last, progress());
  }

  /// Of the whole landscape.
  double centre() const { return drifting() ? 4 * progress() : 0; }

  bool drifting() const { return parameters_.text("control") == "drifting"; }
  double progress() const {
    return std::min(static_cast<double>(time_) / parameters_.number("sweep_steps"), 1.0);
  }

  Hyperparameters parameters_;
  Landscape landscape_;
  CoupledProbes probes_;
  Langevin dynamics_;
  std::vector<double> x_;  ///< the coordinates that see the landscape
  std::vector<double> spectators_;
  Streams streams_;
  std::int64_t time_ = 0;
};

Setting toy_setting(std::string name, std::string summary, const Landscape& landscape, double noise,
                    std::vector<std::string> controls) {
  std::vector<Hyperparameter> table = coupled_probe_parameters();
  table.push_back({"directions", std::int64_t{1}, "coordinates in the same landscape, side by side", 1});
  table.push_back({"learning_rate", 0.1, "step size of the Langevin dynamics", 0});
  table.push_back({"noise_sd", noise, "noise of the dynamics (s)", 0});
  table.push_back({"sweep_steps", 4000.0, "steps in which the driven parameter goes all its way", 1});
  const bool drifts = std::ranges::find(controls, "drifting") != controls.end();
  controls.insert(controls.begin(), "none");
  table.push_back(
      {"control",
       std::string("none"),
       "the event-free twin; constant: parameters stay; drifting: they stay and the well moves at "
       "constant speed; confined: a wall on the barrier",
       {},
       std::move(controls)});
  Setting setting{std::move(name), std::move(summary),
                  parameter_table({.steps = 4000, .window = 200, .dtype = "float64"}, table),
                  [landscape](const Hyperparameters& parameters) {
                    return std::make_unique<Toy>(parameters, landscape);
                  }};
  if (drifts) setting.traps.push_back({"drift", {{"control", std::string("drifting")}}});
  return setting;
}

}  // namespace

Setting pitchfork_setting() {
  // `drive` is 1 at the critical point, half of the event's target.
  return toy_setting("pitchfork", "a well softens and splits in two: second order (nothing is trained)",
                     {pitchfork_slope, 0, 1, -0.5, 0, {{"critical", "drive", 2, "constant"}}}, 0.1,
                     {"constant", "drifting"});
}

Setting fold_setting() {
  return toy_setting("fold", "a well is tilted until it is gone (nothing is trained)",
                     {tilted_slope, -1, 0, 0.6, 2 / (3 * std::sqrt(3.0)), {{"jump", "x", 1, "constant"}}},
                     0.1, {"constant", "drifting"});
}

Setting metastable_setting() {
  return toy_setting("metastable", "noise throws a particle over a barrier: first order (nothing is trained)",
                     {tilted_slope, left_minimum, tilt, tilt, 1, {{"escape", "x", 1, "confined"}}}, 0.85,
                     {"confined"});
}

Setting drift_setting() {
  return toy_setting("drift", "a well moves at constant speed: no event, only drift (nothing is trained)",
                     {moving_slope, 0, 0, 4, 4, {}}, 0.1, {"constant"});
}

}  // namespace premelt
