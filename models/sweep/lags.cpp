#include "models/sweep/lags.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

/// Recordings, the last one excluded.
struct Range {
  std::size_t from, to;
};

/// Where an event's peak is looked for: between the geometric means of half-way points.
Range search_range(const RunTrace& run, const std::vector<Segment>& segments, std::size_t k) {
  const auto half = [&](std::size_t j) { return static_cast<double>(*segments[j].event_step); };
  const double from = k == 0 ? static_cast<double>(segments[k].start) : std::sqrt(half(k - 1) * half(k));
  const bool last = k + 1 == segments.size() || !segments[k + 1].event_step;
  const double to = last ? static_cast<double>(run.steps.back() + 1) : std::sqrt(half(k) * half(k + 1));
  return {recording_at(run, std::llround(from)), recording_at(run, std::llround(to))};
}

/// The newest recording of the window with the largest SHC.
std::optional<std::size_t> shc_peak(const RunTrace& run, Range range, std::size_t window) {
  const std::size_t first = std::max(range.from, window - 1);
  if (first >= range.to) return std::nullopt;
  LossWindow losses(run.losses.shape()[1], window);
  std::size_t peak = first;
  double largest = -1;
  for (std::size_t t = first + 1 - window; t < range.to; ++t) {
    losses.push(run.losses.row(t));
    if (t < first) continue;
    const double shc = moments(losses).spectral_heat_capacity();
    if (shc <= largest) continue;
    largest = shc;
    peak = t;
  }
  return peak;
}

/// The recording before and after which the mean loss differs most.
std::optional<std::size_t> steepest_fall(const RunTrace& run, Range range, std::size_t reach) {
  std::vector<double> sums{0};
  for (std::size_t t = 0; t < run.steps.size(); ++t) {
    const auto row = run.losses.row(t);
    sums.push_back(sums.back() + std::accumulate(row.begin(), row.end(), 0.0));
  }
  std::optional<std::size_t> steepest;
  double largest = 0;
  for (std::size_t t = std::max(range.from, reach); t + reach <= run.steps.size() && t < range.to; ++t) {
    const double fall = 2 * sums[t] - sums[t - reach] - sums[t + reach];
    if (fall <= largest) continue;
    largest = fall;
    steepest = t;
  }
  return steepest;
}

}  // namespace

std::map<std::string, Lag> lags_of(const RunTrace& run, const std::vector<Segment>& segments,
                                   const std::string& event, const Experiment& experiment,
                                   std::size_t window) {
  const auto k = static_cast<std::size_t>(find_segment(segments, event) - segments.data());
  const EventSpec& spec = segments[k].spec;
  std::map<std::string, Lag> lags;
  if (!segments[k].event_step) return lags;
  const Range range = search_range(run, segments, k);
  const auto peak = shc_peak(run, range, window);
  if (!peak) return lags;

  const auto add = [&](const char* definition, std::optional<std::int64_t> step) {
    if (!step) return;
    const auto at = static_cast<double>(std::clamp(recording_at(run, *step), range.from, range.to));
    lags[definition] = {static_cast<double>(*step - run.steps[*peak]),
                        (at - static_cast<double>(range.from)) / static_cast<double>(range.to - range.from)};
  };
  add("half", segments[k].event_step);
  add("95 %", reached(run, segments[k].order, 0.95, spec));
  if (const auto fall = steepest_fall(run, range, std::max<std::size_t>(window / 4, 1)))
    add("steepest fall", run.steps[*fall]);
  if (spec.alignment.empty()) return lags;
  const std::vector<std::string> names = experiment.order_names();
  const auto& aligned =
      run.order[static_cast<std::size_t>(std::ranges::find(names, spec.alignment) - names.begin())];
  const auto found = std::ranges::find_if(aligned, [](double x) { return x >= 0.95; });
  if (found != aligned.end()) add("alignment", run.steps[static_cast<std::size_t>(found - aligned.begin())]);
  return lags;
}

}  // namespace premelt
