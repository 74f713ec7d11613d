#include "models/run.hpp"

#include <algorithm>
#include <cmath>

#include "engine/csv.hpp"
#include "engine/error.hpp"

namespace premelt {

namespace {

/// One run's bookkeeping between the experiment and its observer.
class Recorder {
 public:
  Recorder(Experiment& experiment, RunObserver& observer)
      : experiment_(experiment),
        observer_(observer),
        monitor_(experiment.monitor_options()),
        losses_(experiment.probe_blocks().size()),
        names_(experiment.order_names()),
        order_(names_.size()) {
    for (const EventSpec& spec : experiment.events()) {
      const auto column = static_cast<std::size_t>(std::ranges::find(names_, spec.order) - names_.begin());
      for (EventDetector& detector : progress_detectors(spec.name, spec.target)) {
        detectors_.emplace_back(column, std::move(detector));
      }
    }
  }

  void record(std::int64_t step) {
    experiment_.probe_losses(losses_);
    check_finite(step);
    experiment_.order_parameters(order_);
    observer_.recorded(step, losses_, order_);
    if (const auto observation = monitor_.push(step, losses_)) {
      observer_.observed(*observation);
      if (observation->alarm) observer_.happened(*observation->alarm);
    }
    for (auto& [column, detector] : detectors_) {
      announce(column, detector.push(step, order_[column]));
    }
  }

  void finish() {
    for (auto& [column, detector] : detectors_) {
      announce(column, detector.finish());
    }
  }

 private:
  void announce(std::size_t column, std::optional<Event> event) {
    if (!event) return;
    event->why = names_[column] + " " + event->why;
    observer_.happened(*event);
  }

  void check_finite(std::int64_t step) const {
    const auto bad = std::ranges::find_if_not(losses_, [](double x) { return std::abs(x) <= largest_loss; });
    if (bad == losses_.end()) return;
    throw DivergedError("training diverged at step " + std::to_string(step) + ": the loss of probe " +
                        std::to_string(bad - losses_.begin()) + " is " + format_number(*bad) +
                        "; try a smaller learning_rate");
  }

  Experiment& experiment_;
  RunObserver& observer_;
  Monitor monitor_;
  std::vector<double> losses_;
  std::vector<std::string> names_;
  std::vector<double> order_;
  std::vector<std::pair<std::size_t, EventDetector>> detectors_;  ///< with the order parameter they watch
};

}  // namespace

std::int64_t run(Experiment& experiment, std::int64_t steps, std::int64_t every, RunObserver& observer,
                 const std::atomic<bool>& stop) {
  Recorder recorder(experiment, observer);
  recorder.record(0);
  std::int64_t step = 0;
  while (step < steps && !stop) {
    experiment.step();
    if (++step % every == 0) recorder.record(step);
  }
  recorder.finish();
  return step;
}

}  // namespace premelt
