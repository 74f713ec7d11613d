#include "tests/support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <sstream>

namespace premelt::test {

double median(std::vector<double> values) {
  if (values.empty() || std::ranges::any_of(values, [](double x) { return std::isnan(x); })) return never;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string range(const std::vector<double>& values) {
  std::vector<double> known;
  std::ranges::copy_if(values, std::back_inserter(known), [](double x) { return !std::isnan(x); });
  if (known.empty()) return "never";
  std::ostringstream text;
  text.precision(4);
  text << median(known) << " [" << std::ranges::min(known) << ", " << std::ranges::max(known) << "]";
  if (known.size() < values.size()) text << " and " << values.size() - known.size() << " never";
  return text.str();
}

double processor_seconds(const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

double signal_seconds(const CollectedRun& run, std::size_t window) {
  return processor_seconds([&] {
    LossWindow recent(run.losses.front().size(), window);
    for (const std::vector<double>& losses : run.losses) {
      recent.push(losses);
      if (!recent.full()) continue;
      for (Detrend detrend : {Detrend::none, Detrend::linear}) moments(recent, detrend);
    }
  });
}

double monitor_seconds(const CollectedRun& run, const MonitorOptions& options) {
  return processor_seconds([&] {
    Monitor monitor(options);
    for (std::size_t t = 0; t < run.losses.size(); ++t) monitor.push(run.recorded_steps[t], run.losses[t]);
  });
}

double first_alarm(const CollectedRun& run, const MonitorOptions& options) {
  Monitor monitor(options);
  for (std::size_t t = 0; t < run.losses.size(); ++t) {
    const auto observation = monitor.push(run.recorded_steps[t], run.losses[t]);
    if (observation && observation->alarm) return static_cast<double>(observation->step);
  }
  return never;
}

void Timeliness::add(double alarm, double t10, double t50) {
  ++runs;
  before_10 += alarm < t10;
  if (!(alarm < t50)) return;
  ++before_50;
  leads.push_back(t50 - alarm);
}

std::string Timeliness::text() const {
  std::ostringstream text;
  text << "before 10 % in " << before_10 << ", before 50 % in " << before_50 << " of " << runs
       << ", steps before 50 %: " << range(leads);
  return text.str();
}

}  // namespace premelt::test
