#include "rdm/window/formation.hpp"

#include <algorithm>
#include <utility>

namespace premelt {

namespace {

double mean_loss(const RecordedRun& run, std::size_t recording) {
  double sum = 0;
  for (const double loss : run.losses.row(recording)) sum += loss;
  return sum / static_cast<double>(run.losses.shape()[1]);
}

/// Rows of signals [begin, end) of transition i.
std::pair<std::size_t, std::size_t> stretch(const RecordedRun& run, const std::vector<Transition>& all,
                                            std::size_t i) {
  const auto half = [&](std::size_t k) { return static_cast<double>(*all[k].at50); };
  double from = -1, to = static_cast<double>(step_at(run, row_count(run.signals) - 1));
  if (all[i].at10) from = half(i) - 3 * (half(i) - static_cast<double>(*all[i].at10));
  if (all[i].at90) to = std::min(to, half(i) + 2 * (static_cast<double>(*all[i].at90) - half(i)));
  from = std::max(from, std::min(static_cast<double>(run.burn_in), half(i)));
  if (i > 0) from = std::max(from, (half(i - 1) + half(i)) / 2);
  if (i + 1 < all.size() && all[i + 1].at50) to = std::min(to, (half(i) + half(i + 1)) / 2);
  return {row_at(run, from), row_at(run, to + 0.5)};
}

Formation formation(const RecordedRun& run, const std::string& event, std::size_t order,
                    std::pair<std::size_t, std::size_t> rows, std::size_t most) {
  Formation result{event, run.order.columns[order], {}, {}, {}, {}, {}};
  const std::size_t shc = find_column(run.signals, "shc"),
                    detrended = find_column(run.signals, "shc_detrended");
  const std::size_t count = rows.second - rows.first, shown = std::min(count, most);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t row = rows.first + even_row(i, shown, count);
    const std::size_t last = last_recording(run, row), first = last + 1 - run.window;
    result.steps.push_back(step_at(run, row));
    result.value.push_back(run.order.values(last, order));
    result.shc.push_back(run.signals.values(row, shc));
    if (detrended < run.signals.columns.size())
      result.shc_detrended.push_back(run.signals.values(row, detrended));
    result.drop.push_back(mean_loss(run, first) - mean_loss(run, last));
  }
  return result;
}

}  // namespace

std::vector<Formation> formations(const RecordedRun& run, const std::vector<Transition>& transitions,
                                  const std::map<std::string, std::string>& order_of_event,
                                  std::size_t most) {
  std::vector<Formation> found;
  if (find_column(run.signals, "shc") == run.signals.columns.size() || row_count(run.signals) == 0)
    return found;
  for (std::size_t i = 0; i < transitions.size() && transitions[i].at50; ++i) {
    const auto order = order_of_event.find(transitions[i].name);
    if (order == order_of_event.end()) continue;
    const std::size_t column = find_column(run.order, order->second);
    const auto rows = stretch(run, transitions, i);
    if (column == run.order.columns.size() || rows.first >= rows.second) continue;
    found.push_back(formation(run, transitions[i].name, column, rows, most));
  }
  return found;
}

}  // namespace premelt
