#include "cli/report/lines.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace premelt::report {
namespace {

constexpr std::size_t max_probe_lines = 64;

std::vector<double> recorded_steps(const ReportData& data) {
  return {data.steps.flat().begin(), data.steps.flat().end()};
}

std::vector<double> column_values(const Table& table, std::size_t column) {
  std::vector<double> values(row_count(table));
  for (std::size_t row = 0; row < values.size(); ++row) values[row] = table.values(row, column);
  return values;
}

/// Appends the extremes of line[begin,end) in the order in which they occur.
void keep_extremes(const Line& line, std::size_t begin, std::size_t end, Line& kept) {
  std::size_t low = end, high = end;
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(line.y[i])) continue;
    if (low == end || line.y[i] < line.y[low]) low = i;
    if (high == end || line.y[i] > line.y[high]) high = i;
  }
  if (low == end) low = high = begin;
  for (const std::size_t i : {std::min(low, high), std::max(low, high)}) {
    if (!kept.x.empty() && kept.x.back() == line.x[i]) continue;
    kept.x.push_back(line.x[i]);
    kept.y.push_back(line.y[i]);
  }
}

Line mean_line(const ReportData& data, std::string name, std::size_t block,
               const std::vector<std::size_t>& probes) {
  Line line{std::move(name), block, recorded_steps(data), std::vector<double>(data.steps.size())};
  for (std::size_t row = 0; row < line.y.size(); ++row) {
    for (const std::size_t probe : probes) line.y[row] += data.losses(row, probe);
    line.y[row] /= static_cast<double>(probes.size());
  }
  return thin(line);
}

std::string variant_name(std::string_view column, std::string_view prefix) {
  if (column == prefix) return "raw";
  std::string name(column.substr(prefix.size() + 1));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

Line thin(const Line& line, std::size_t max_points) {
  const std::size_t count = line.x.size();
  if (count <= max_points) return line;
  Line kept{line.name, line.block, {line.x.front()}, {line.y.front()}};
  const std::size_t stretches = max_points / 2 - 1;
  for (std::size_t i = 0; i < stretches; ++i) {
    keep_extremes(line, count * i / stretches, count * (i + 1) / stretches, kept);
  }
  if (kept.x.back() != line.x.back()) {
    kept.x.push_back(line.x.back());
    kept.y.push_back(line.y.back());
  }
  return kept;
}

std::vector<Line> probe_lines(const ReportData& data, const ProbeLayout& layout, std::size_t total_points) {
  std::vector<std::size_t> probes;
  for (const Cell& cell : layout.cells) probes.insert(probes.end(), cell.probes.begin(), cell.probes.end());
  const std::size_t count = std::min(probes.size(), max_probe_lines);

  std::vector<Line> lines;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t probe = probes[i * probes.size() / count];
    Line line{layout.names[probe], layout.block_of[probe], recorded_steps(data), {}};
    for (std::size_t row = 0; row < line.x.size(); ++row) line.y.push_back(data.losses(row, probe));
    lines.push_back(thin(line, std::min(max_line_points, total_points / count)));
  }
  return lines;
}

std::vector<Line> mean_lines(const ReportData& data, const ProbeLayout& layout) {
  std::vector<std::vector<std::size_t>> members(layout.blocks.size());
  for (const Cell& cell : layout.cells) {
    members[cell.block].insert(members[cell.block].end(), cell.probes.begin(), cell.probes.end());
  }
  std::vector<std::size_t> everyone(layout.names.size());
  std::iota(everyone.begin(), everyone.end(), 0);

  std::vector<Line> lines{mean_line(data, "all probes", 0, everyone)};
  if (members.size() == 1) return lines;
  for (std::size_t block = 0; block < members.size(); ++block) {
    lines.push_back(mean_line(data, layout.blocks[block], block, members[block]));
  }
  return lines;
}

std::vector<Line> order_lines(const ReportData& data) {
  std::vector<Line> lines;
  for (std::size_t column = 0; column < data.order.columns.size(); ++column) {
    const std::string& name = data.order.columns[column];
    if (name == "step") continue;
    lines.push_back(thin({name, 0, recorded_steps(data), column_values(data.order, column)}));
  }
  return lines;
}

std::vector<Line> signal_lines(const ReportData& data, std::string_view prefix) {
  std::vector<Line> lines;
  const std::vector<double> steps = column_values(data.signals, find_column(data.signals, "step"));
  for (std::size_t column = 0; column < data.signals.columns.size(); ++column) {
    const std::string_view name = data.signals.columns[column];
    const bool variant =
        name.starts_with(prefix) && name.size() > prefix.size() && name[prefix.size()] == '_';
    if (name != prefix && !variant) continue;
    lines.push_back(thin({variant_name(name, prefix), 0, steps, column_values(data.signals, column)}));
  }
  return lines;
}

std::size_t find_column(const Table& table, std::string_view name) {
  return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), name) -
                                  table.columns.begin());
}

std::size_t row_count(const Table& table) {
  return table.values.rank() == 2 ? table.values.shape()[0] : 0;
}

}  // namespace premelt::report
