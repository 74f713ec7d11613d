#include "tests/support/collected_run.hpp"
#include "models/settings/registry.hpp"

#include <algorithm>
#include <limits>

namespace premelt::test {

namespace {

class Collector : public RunObserver {
 public:
  Collector(CollectedRun& run, std::vector<std::string> order_names, std::vector<std::string> columns)
      : run_(run), order_names_(std::move(order_names)), columns_(std::move(columns)) {}

  void recorded(const Recording& recording) override {
    run_.recorded_steps.push_back(recording.step);
    run_.losses.emplace_back(recording.losses.begin(), recording.losses.end());
    for (std::size_t i = 0; i < order_names_.size(); ++i)
      run_.order[order_names_[i]].push_back(recording.order[i]);
  }

  void observed(const Observation& observation) override {
    run_.observed_steps.push_back(observation.step);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      run_.signals[columns_[i]].push_back(observation.values[i]);
    const auto top = observation.modes.row(0);
    run_.top_modes.emplace_back(top.begin(), top.end());
  }

  void happened(const Event& event) override { run_.events.push_back(event); }

 private:
  CollectedRun& run_;
  std::vector<std::string> order_names_, columns_;
};

}  // namespace

double CollectedRun::crossing(const std::string& name, double level) const {
  const std::vector<double>& values = order.at(name);
  for (std::size_t t = 1; t < values.size(); ++t) {
    if (!(values[t] >= level)) continue;
    const double fraction = (level - values[t - 1]) / (values[t] - values[t - 1]);
    const auto before = static_cast<double>(recorded_steps[t - 1]),
               after = static_cast<double>(recorded_steps[t]);
    return before + fraction * (after - before);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double CollectedRun::value(const std::string& name, std::int64_t step) const {
  const auto found = std::ranges::find(recorded_steps, step);
  return order.at(name).at(static_cast<std::size_t>(found - recorded_steps.begin()));
}

std::vector<std::size_t> CollectedRun::peaks(const std::string& column) const {
  const std::vector<double>& x = signals.at(column);
  std::vector<std::size_t> found;
  for (std::size_t t = 1; t + 1 < x.size(); ++t) {
    if (x[t] > x[t - 1] && x[t] >= x[t + 1]) found.push_back(t);
  }
  return found;
}

std::vector<std::int64_t> CollectedRun::alarms() const {
  std::vector<std::int64_t> steps;
  for (const Event& event : events) {
    if (event.kind == Event::Kind::alarm) steps.push_back(event.step);
  }
  return steps;
}

Hyperparameters with(const std::string& setting, const Overrides& overrides) {
  Hyperparameters parameters = find_setting(setting).parameters;
  assign_parameters(find_setting(setting), parameters, [&](Hyperparameters& p) {
    for (const auto& [name, value] : overrides) p.parse(name, value);
  });
  return parameters;
}

CollectedRun collect(const std::string& setting, const Overrides& overrides) {
  const Hyperparameters parameters = with(setting, overrides);
  const auto experiment = find_setting(setting).make(parameters);
  CollectedRun result;
  Collector collector(result, experiment->order_names(), Monitor(experiment->monitor_options()).columns());
  const std::atomic<bool> stop = false;
  Run(*experiment, collector).train({parameters.integer("steps"), parameters.integer("every")}, stop);
  return result;
}

}  // namespace premelt::test
