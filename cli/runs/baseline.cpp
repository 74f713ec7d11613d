#include "cli/runs/baseline.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

void check_baseline(StepRange steps, std::size_t recordings, std::size_t window) {
  if (recordings >= window) return;
  throw DataError(fmt::format("--baseline {}:{} holds {} recordings, fewer than the window of {}",
                              steps.first, steps.second, recordings, window));
}

Baseline::Baseline(const MonitorOptions& options, StepRange steps)
    : steps_(steps),
      monitor_(options),
      column_(monitor_.column(options.alarm_statistic)),
      window_(options.window),
      factor_(options.alarm.factor) {}

void Baseline::push(std::int64_t step, std::span<const double> losses) {
  if (step < steps_.first || over(step)) return;
  ++recordings_;
  const auto observation = monitor_.push(step, losses);
  if (observation) largest_ = std::max(largest_, observation->values[column_]);
}

double Baseline::threshold() const {
  check_baseline(steps_, recordings_, window_);
  return factor_ * largest_;
}

std::string margin_text(const Event& alarm) {
  if (alarm.threshold == 0) return "threshold 0";
  return fmt::format("threshold {}, exceeded by a factor of {:.3g}", short_number(alarm.threshold),
                     alarm.value / alarm.threshold);
}

}  // namespace premelt::cli
