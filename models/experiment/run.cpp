#include "models/experiment/run.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

constexpr std::int64_t most_attention_recordings = 64;

/// Every recording, every second, every fourth, ...: the steps of a longer run are among those of a shorter
/// one, so that a run that is resumed with more steps has what it would have had from the start.
std::int64_t recordings_between_attention(std::int64_t recordings) {
  std::int64_t between = 1;
  while (recordings / between > most_attention_recordings) between *= 2;
  return between;
}

}  // namespace

void check_finite(std::int64_t step, std::span<const double> losses) {
  const auto bad = std::ranges::find_if_not(losses, [](double x) { return std::abs(x) <= largest_loss; });
  if (bad == losses.end()) return;
  const std::string loss =
      "the loss of probe " + std::to_string(bad - losses.begin()) + " is " + format_number(*bad);
  if (step == 0) throw DivergedError(loss + " before the first step: the parameters make no start");
  throw DivergedError("training diverged at step " + std::to_string(step) + ": " + loss +
                      "; try a smaller learning_rate");
}

void read_experiment(Experiment& experiment, std::int64_t step, std::span<double> losses,
                     std::span<double> order) {
  experiment.probe_losses(losses);
  check_finite(step, losses);
  experiment.order_parameters(order);
}

RunPlan run_plan(const Hyperparameters& parameters) {
  const std::int64_t steps = parameters.integer("steps"), asked = parameters.integer("checkpoint_every");
  const std::int64_t every = parameters.integer("every");
  return {steps, every, asked > 0 ? asked : std::max<std::int64_t>(steps / 20, 1),
          parameters.contains("sample_every") ? parameters.integer("sample_every") : 0,
          recordings_between_attention(steps / every) * every};
}

Run::Run(Experiment& experiment, RunObserver& observer)
    : experiment_(experiment),
      observer_(observer),
      monitor_(experiment.monitor_options()),
      order_names_(experiment.order_names()),
      losses_(experiment.probe_blocks().size()),
      order_(order_names_.size()) {
  for (const EventSpec& spec : experiment.events()) {
    const auto column =
        static_cast<std::size_t>(std::ranges::find(order_names_, spec.order) - order_names_.begin());
    if (spec.of_final_value) {
      late_events_.push_back({spec, column, {}});
      continue;
    }
    for (EventDetector& detector : progress_detectors(spec.name, spec.target)) {
      detectors_.emplace_back(column, std::move(detector));
    }
  }
}

void Run::resume(std::int64_t step, std::span<const Recording> recordings) {
  for (const Recording& recording : recordings) take(recording);
  step_ = step;
  last_checkpoint_ = step;
  resumed_ = true;
}

std::int64_t Run::train(const RunPlan& plan, const std::atomic<bool>& stop) {
  if (!resumed_) leave_behind(plan);
  while (step_ < plan.steps && !stop) {
    experiment_.step();
    ++step_;
    leave_behind(plan);
  }
  for (auto& [column, detector] : detectors_) announce(column, detector.finish());
  finish_late_events();
  // Last of all: a checkpoint of the last step says that nothing is left to do.
  if (plan.checkpoint_every > 0 && last_checkpoint_ != step_) checkpoint();
  return step_;
}

void Run::leave_behind(const RunPlan& plan) {
  const auto due = [&](std::int64_t every) { return every > 0 && step_ % every == 0; };
  if (due(plan.every)) record(due(plan.attention_every));
  if (due(plan.sample_every)) observer_.sampled(step_, experiment_.sample());
  if (due(plan.checkpoint_every) && step_ < plan.steps) checkpoint();
}

void Run::record(bool with_attention) {
  read_experiment(experiment_, step_, losses_, order_);
  const std::vector<double> training = experiment_.training();
  const Tensor<double> attention = with_attention ? experiment_.attention() : Tensor<double>();
  take({step_, losses_, order_, training, attention.flat()});
}

void Run::take(const Recording& recording) {
  observer_.recorded(recording);
  if (const auto observation = monitor_.push(recording.step, recording.losses)) {
    observer_.observed(*observation);
    if (observation->alarm) observer_.happened(*observation->alarm);
  }
  for (auto& [column, detector] : detectors_) {
    announce(column, detector.push(recording.step, recording.order[column]));
  }
  for (LateEvent& event : late_events_)
    event.history.emplace_back(recording.step, recording.order[event.column]);
}

void Run::finish_late_events() {
  for (const auto& [spec, column, history] : late_events_) {
    const double last = history.back().second;
    if (!(last >= spec.target)) continue;
    for (EventDetector& detector : progress_detectors(spec.name, last)) {
      std::optional<Event> found;
      for (const auto& [step, value] : history) {
        if (!found) found = detector.push(step, value);
      }
      announce(column, found ? found : detector.finish());
    }
  }
}

void Run::announce(std::size_t column, std::optional<Event> event) {
  if (!event) return;
  event->why = order_names_[column] + " " + event->why;
  observer_.happened(*event);
}

void Run::checkpoint() {
  Checkpoint checkpoint;
  checkpoint.step = step_;
  experiment_.save(checkpoint);
  observer_.checkpointed(checkpoint);
  last_checkpoint_ = step_;
}

}  // namespace premelt
