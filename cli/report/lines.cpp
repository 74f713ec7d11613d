#include "cli/report/lines.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace premelt::report {
namespace {

constexpr std::size_t max_probe_lines = 64;

/// The points of a line, read in their order, once each.
struct Points {
  std::size_t count;
  std::function<double(std::size_t)> x;
  std::function<double(std::size_t)> y;
};

/// Over the recorded steps.
Points recorded(const ReportData& data, std::function<double(std::size_t)> y) {
  return {data.steps.size(), [&data](std::size_t row) { return static_cast<double>(data.steps(row)); },
          std::move(y)};
}

/// Over the steps of the full windows.
Points windowed(const ReportData& data, std::function<double(std::size_t)> y) {
  const std::size_t step = find_column(data.signals, "step");
  return {row_count(data.signals), [&data, step](std::size_t row) { return data.signals.values(row, step); },
          std::move(y)};
}

std::function<double(std::size_t)> column_of(const Table& table, std::size_t column) {
  return [&table, column](std::size_t row) { return table.values(row, column); };
}

/// Appends a point unless the one before it has the same x.
void keep(double x, double y, Line& kept) {
  if (!kept.x.empty() && kept.x.back() == x) return;
  kept.x.push_back(x);
  kept.y.push_back(y);
}

/// Appends the extremes of the points [begin, end) in the order in which they occur; where none is finite,
/// the first.
void keep_extremes(const Points& points, std::size_t begin, std::size_t end, Line& kept) {
  std::size_t low = end, high = end;
  double lowest = undefined, highest = undefined, first = undefined;
  for (std::size_t i = begin; i < end; ++i) {
    const double y = points.y(i);
    if (i == begin) first = y;
    if (!std::isfinite(y)) continue;
    if (low == end || y < lowest) {
      low = i;
      lowest = y;
    }
    if (high == end || y > highest) {
      high = i;
      highest = y;
    }
  }
  if (low == end) return keep(points.x(begin), first, kept);
  const bool rises = low <= high;
  keep(points.x(std::min(low, high)), rises ? lowest : highest, kept);
  keep(points.x(std::max(low, high)), rises ? highest : lowest, kept);
}

/// Appends at most `most` points: the lowest and the highest of each stretch, and both ends. A stretch
/// without any finite value keeps one gap.
void keep_thinned(const Points& points, std::size_t most, Line& kept) {
  const std::size_t count = points.count;
  if (count <= most) {
    for (std::size_t i = 0; i < count; ++i) {
      kept.x.push_back(points.x(i));
      kept.y.push_back(points.y(i));
    }
    return;
  }
  keep(points.x(0), points.y(0), kept);
  const std::size_t stretches = most / 2 - 1;
  for (std::size_t i = 0; i < stretches; ++i)
    keep_extremes(points, count * i / stretches, count * (i + 1) / stretches, kept);
  keep(points.x(count - 1), points.y(count - 1), kept);
}

Line line_of(std::string name, std::size_t block, const Points& points, std::size_t most = max_line_points) {
  Line line{std::move(name), block, {}, {}};
  keep_thinned(points, most, line);
  return line;
}

Line mean_line(const ReportData& data, std::string name, std::size_t block,
               const std::vector<std::size_t>& probes) {
  const auto mean = [&](std::size_t row) {
    double sum = 0;
    for (const std::size_t probe : probes) sum += data.losses(row, probe);
    return sum / static_cast<double>(probes.size());
  };
  return line_of(std::move(name), block, recorded(data, mean));
}

std::string variant_name(std::string_view column, std::string_view prefix) {
  if (column == prefix) return "raw";
  std::string name(column.substr(prefix.size() + 1));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

Line thin(const Line& line, std::size_t max_points) {
  const Points points{line.x.size(), [&](std::size_t i) { return line.x[i]; },
                      [&](std::size_t i) { return line.y[i]; }};
  return line_of(line.name, line.block, points, max_points);
}

std::vector<Line> probe_lines(const ReportData& data, const ProbeLayout& layout, std::size_t total_points) {
  std::vector<std::size_t> probes;
  for (const Cell& cell : layout.cells) probes.insert(probes.end(), cell.probes.begin(), cell.probes.end());
  const std::size_t count = std::min(probes.size(), max_probe_lines);

  std::vector<Line> lines;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t probe = probes[i * probes.size() / count];
    const auto loss = [&data, probe](std::size_t row) { return data.losses(row, probe); };
    lines.push_back(line_of(layout.names[probe], layout.block_of[probe], recorded(data, loss),
                            std::min(max_line_points, total_points / count)));
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
    lines.push_back(line_of(name, 0, recorded(data, column_of(data.order, column))));
  }
  return lines;
}

std::vector<Line> signal_lines(const ReportData& data, std::string_view prefix) {
  std::vector<Line> lines;
  for (std::size_t column = 0; column < data.signals.columns.size(); ++column) {
    const std::string_view name = data.signals.columns[column];
    const bool variant =
        name.starts_with(prefix) && name.size() > prefix.size() && name[prefix.size()] == '_';
    if (name != prefix && !variant) continue;
    lines.push_back(line_of(variant_name(name, prefix), 0, windowed(data, column_of(data.signals, column))));
  }
  return lines;
}

}  // namespace premelt::report
