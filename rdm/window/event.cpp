#include "rdm/window/event.hpp"

#include <cmath>
#include <sstream>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt {

EventDetector::EventDetector(std::string name, double level, std::size_t hold)
    : name_(std::move(name)), level_(level), hold_(hold) {
  if (hold == 0) throw UsageError("event '" + name_ + "': the level has to hold for at least 1 recording");
  if (!std::isfinite(level)) throw UsageError("event '" + name_ + "': the level is not finite");
}

std::optional<Event> EventDetector::push(std::int64_t step, double value) {
  if (reported_) return std::nullopt;
  if (!(value >= level_)) {
    held_ = 0;
    return std::nullopt;
  }
  if (held_++ == 0) {
    first_step_ = step;
    first_value_ = value;
  }
  return held_ == hold_ ? report() : std::nullopt;
}

std::optional<Event> EventDetector::finish() {
  return reported_ || held_ == 0 ? std::nullopt : report();
}

std::optional<Event> EventDetector::report() {
  reported_ = true;
  std::ostringstream why;
  why.precision(3);
  why << "reached " << level_ << " and stayed there for " << (held_ == hold_ ? "" : "the rest of the run, ")
      << held_ << " recordings";
  return Event{Event::Kind::event, name_, first_step_, first_value_, level_, why.str()};
}

std::vector<EventDetector> progress_detectors(const std::string& name, double target, std::size_t hold) {
  if (!(target > 0) || !std::isfinite(target))
    throw UsageError("event '" + name + "': the target has to be positive and finite");
  return {{name + "_10", 0.1 * target, hold},
          {name + "_50", 0.5 * target, hold},
          {name + "_90", 0.9 * target, hold}};
}

}  // namespace premelt
