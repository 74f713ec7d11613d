#include "rdm/window/alarm.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt {

Alarm::Alarm(AlarmRule rule, std::string statistic)
    : rule_(rule), statistic_(std::move(statistic)), minimum_(std::numeric_limits<double>::infinity()) {
  if (!(rule.factor > 1)) throw UsageError("alarm: the factor has to be greater than 1");
  if (rule.hold == 0) throw UsageError("alarm: the number of recordings in a row has to be at least 1");
  if (!(rule.least_change >= 0)) throw UsageError("alarm: the least relative change has to be 0 or more");
  if (rule.threshold && !std::isfinite(*rule.threshold))
    throw UsageError("alarm: the threshold is not finite");
}

std::optional<Event> Alarm::push(std::int64_t step, double value, double relative_change) {
  if (step < rule_.burn_in) return std::nullopt;
  if (!rule_.threshold && value < 0) {
    throw DataError("alarm: " + statistic_ + " is negative at step " + std::to_string(step) +
                    ", so it cannot be compared with a multiple of its minimum; give a fixed threshold");
  }
  if (!armed_) {
    watch_for_return(step, value);
    return std::nullopt;
  }
  if (value < minimum_) {
    minimum_ = value;
    minimum_step_ = step;
  }
  in_a_row_ = exceeds(value, relative_change) ? in_a_row_ + 1 : 0;
  if (in_a_row_ < rule_.hold) return std::nullopt;
  armed_ = false;
  in_a_row_ = 0;
  maximum_ = value;
  return Event{Event::Kind::alarm, statistic_, step, value, threshold(), explain(relative_change)};
}

double Alarm::threshold() const {
  return rule_.threshold.value_or(rule_.factor * minimum_);
}

bool Alarm::exceeds(double value, double relative_change) const {
  return value > threshold() && (rule_.threshold || relative_change >= rule_.least_change);
}

void Alarm::watch_for_return(std::int64_t step, double value) {
  if (rule_.threshold) {
    // A noise level lies just below its own threshold, so waiting for a fall to 1/F could last for ever.
    in_a_row_ = value <= *rule_.threshold ? in_a_row_ + 1 : 0;
    armed_ = in_a_row_ == rule_.hold;
  } else {
    if (value > maximum_) maximum_ = value;
    armed_ = value <= maximum_ / rule_.factor;
  }
  if (!armed_) return;
  in_a_row_ = 0;
  minimum_ = value;
  minimum_step_ = step;
}

std::string Alarm::explain(double relative_change) const {
  std::ostringstream why;
  why.precision(3);
  why << statistic_ << " was above ";
  if (rule_.threshold) {
    why << "its threshold " << *rule_.threshold;
  } else {
    why << rule_.factor << " times its running minimum (" << minimum_ << " at step " << minimum_step_ << ")";
  }
  why << " in " << rule_.hold << (rule_.hold == 1 ? " recording" : " consecutive recordings");
  if (!rule_.threshold) why << ", and the losses changed by " << 100 * relative_change << " % of their mean";
  return why.str();
}

}  // namespace premelt
