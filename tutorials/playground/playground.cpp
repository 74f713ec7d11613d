#include "tutorials/playground/playground.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/overloaded.hpp"
#include "models/experiment/run.hpp"
#include "models/settings/deep_linear.hpp"
#include "models/settings/schematic.hpp"
#include "models/settings/toys.hpp"
#include "rdm/window/null.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt::playground {

namespace {

using Json = nlohmann::ordered_json;

/// To play a further setting is to add it here.
constexpr std::array played{deep_linear_setting, schematic_setting, pitchfork_setting, fold_setting,
                            metastable_setting};

Setting find(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& make : played) {
    Setting setting = make();
    if (setting.name == name) return setting;
    names.push_back(setting.name);
  }
  throw UsageError(unknown_name("setting", name, names));
}

std::string first_line(const std::string& request) {
  return request.substr(0, request.find('\n'));
}

/// The defaults, and what the request's lines say. For a display, eigenvectors are asked for when they are
/// shown.
Hyperparameters read_parameters(const Setting& setting, const std::string& request) {
  Hyperparameters parameters = setting.parameters;
  parameters.parse("modes_every", "1000000000");
  std::istringstream lines(request);
  std::string line;
  bool twin = false;
  for (std::getline(lines, line); std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) throw UsageError("expected parameter=value, got '" + line + "'");
    const std::string name = line.substr(0, equals), value = line.substr(equals + 1);
    if (name == "twin")
      twin = value == "true";
    else
      parameters.parse(name, value);
  }
  if (twin) parameters.parse("control", setting.make(parameters)->events().front().control);
  return parameters;
}

Json value_of(const HyperparameterValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json describe(const Hyperparameter& parameter) {
  Json row{{"name", parameter.name}, {"value", value_of(parameter.value)}, {"meaning", parameter.meaning}};
  if (parameter.minimum) row["minimum"] = *parameter.minimum;
  if (parameter.maximum) row["maximum"] = *parameter.maximum;
  if (!parameter.choices.empty()) row["choices"] = parameter.choices;
  return row;
}

}  // namespace

Play::Play(const std::string& request)
    : setting_(find(first_line(request))),
      parameters_(read_parameters(setting_, request)),
      experiment_(setting_.make(parameters_)),
      monitor_(experiment_->monitor_options()),
      orders_(experiment_->order_names().size()),
      row_(2 + orders_ + monitor_.columns().size() + experiment_->probe_blocks().size(), undefined) {}

void Play::advance() {
  const std::int64_t every = parameters_.integer("every");
  for (std::int64_t i = 0; next_step_ > 0 && i < every; ++i) experiment_->step();
  const std::span<double> row(row_);
  const std::span<double> order = row.subspan(2, orders_);
  const std::span<double> signals = row.subspan(2 + orders_, monitor_.columns().size());
  const std::span<double> losses = row.subspan(2 + orders_ + signals.size());
  read_experiment(*experiment_, next_step_, losses, order);
  const auto observation = monitor_.push(next_step_, losses);
  row[0] = static_cast<double>(next_step_);
  row[1] = observation && observation->alarm ? 1 : 0;
  if (observation) std::ranges::copy(observation->values, signals.begin());
  next_step_ += every;
}

Tensor<double> Play::mode() const {
  const LossWindow& window = monitor_.window();
  if (!window.full()) return Tensor<double>(Shape{window.probes()}, undefined);
  return spectrum(window, 1).modes.reshape({window.probes()});
}

Tensor<double> Play::covariance() const {
  const LossWindow& window = monitor_.window();
  if (window.size() < 2) return Tensor<double>(Shape{window.probes(), window.probes()}, undefined);
  return premelt::covariance(window);
}

std::string Play::description() const {
  Json events = Json::array(), parameters = Json::array();
  for (const EventSpec& event : experiment_->events()) {
    events.push_back({{"name", event.name},
                      {"order", event.order},
                      {"target", event.target},
                      {"control", event.control},
                      {"alignment", event.alignment}});
  }
  for (const Hyperparameter& parameter : parameters_.table()) parameters.push_back(describe(parameter));
  Json whole{{"setting", setting_.name},
             {"summary", setting_.summary},
             {"orders", experiment_->order_names()},
             {"signals", monitor_.columns()},
             {"blocks", experiment_->probe_blocks()},
             {"events", events},
             {"parameters", parameters}};
  if (const auto noise = experiment_->noise_level()) {
    const MonitorOptions options = experiment_->monitor_options();
    for (const auto& [suffix, detrend] :
         {std::pair{"", Detrend::none}, std::pair{"_detrended", Detrend::linear}}) {
      const IidNull null = window_null(options.probes, options.window, *noise, detrend);
      whole["nulls"][std::string("shc") + suffix] = null.shc_mean();
      whole["nulls"][std::string("pr") + suffix] = null.participation_ratio();
      whole["thresholds"][std::string("shc") + suffix] = null.shc_threshold();
    }
  }
  return whole.dump();
}

}  // namespace premelt::playground
