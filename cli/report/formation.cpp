#include "cli/report/formation.hpp"

#include <algorithm>

#include "cli/report/frames.hpp"
#include "cli/report/lines.hpp"

namespace premelt::report {
namespace {

double mean_loss(const ReportData& data, std::size_t recording) {
  double sum = 0;
  for (const double loss : data.losses.row(recording)) sum += loss;
  return sum / static_cast<double>(data.losses.shape()[1]);
}

/// Rows of signals [begin, end) of transition i.
std::pair<std::size_t, std::size_t> stretch(const ReportData& data, const std::vector<Transition>& all,
                                            std::size_t i) {
  const auto half = [&](std::size_t k) { return static_cast<double>(*all[k].at50); };
  double from = -1, to = static_cast<double>(step_at(data, row_count(data.signals) - 1));
  if (all[i].at10) from = half(i) - 3 * (half(i) - static_cast<double>(*all[i].at10));
  if (all[i].at90) to = std::min(to, half(i) + 2 * (static_cast<double>(*all[i].at90) - half(i)));
  from = std::max(from, std::min(static_cast<double>(data.burn_in), half(i)));
  if (i > 0) from = std::max(from, (half(i - 1) + half(i)) / 2);
  if (i + 1 < all.size() && all[i + 1].at50) to = std::min(to, (half(i) + half(i + 1)) / 2);
  return {row_at(data, from), row_at(data, to + 0.5)};
}

Formation formation(const ReportData& data, const Transition& transition, std::size_t order,
                    std::pair<std::size_t, std::size_t> rows) {
  Formation result;
  result.event = transition.name;
  result.order = data.order.columns[order];
  const std::size_t shc = find_column(data.signals, "shc"),
                    detrended = find_column(data.signals, "shc_detrended");
  const std::size_t count = rows.second - rows.first, shown = std::min(count, max_formation_points);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t row = rows.first + (shown == 1 ? 0 : i * (count - 1) / (shown - 1));
    const std::size_t first = first_recording(data, row), last = first + data.window - 1;
    result.steps.push_back(step_at(data, row));
    result.value.push_back(data.order.values(last, order));
    result.shc.push_back(data.signals.values(row, shc));
    if (detrended < data.signals.columns.size())
      result.shc_detrended.push_back(data.signals.values(row, detrended));
    result.drop.push_back(mean_loss(data, first) - mean_loss(data, last));
  }
  return result;
}

}  // namespace

std::vector<Formation> formations(const ReportData& data, const std::vector<Transition>& transitions) {
  std::vector<Formation> found;
  if (find_column(data.signals, "shc") == data.signals.columns.size() || row_count(data.signals) == 0)
    return found;
  for (std::size_t i = 0; i < transitions.size() && transitions[i].at50; ++i) {
    const auto order = data.order_of_event.find(transitions[i].name);
    if (order == data.order_of_event.end()) continue;
    const std::size_t column = find_column(data.order, order->second);
    const auto rows = stretch(data, transitions, i);
    if (column == data.order.columns.size() || rows.first >= rows.second) continue;
    found.push_back(formation(data, transitions[i], column, rows));
  }
  return found;
}

}  // namespace premelt::report
