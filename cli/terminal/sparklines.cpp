#include "cli/terminal/sparklines.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cli/terminal/progress.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

constexpr std::size_t value_width = 9, least_width = 10;
constexpr std::array bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array ascii_bars{"_", ".", "-", "~", "=", "+", "*", "#"};

std::size_t longest_name(const std::vector<Sparklines::Row>& rows) {
  std::size_t longest = std::string("alarms").size();
  for (const Sparklines::Row& row : rows) longest = std::max(longest, row.name.size());
  return longest;
}

}  // namespace

Sparklines::Sparklines(std::vector<Row> rows, std::int64_t last, const Terminal& terminal)
    : rows_(std::move(rows)),
      last_(std::max<std::int64_t>(last, 1)),
      terminal_(terminal),
      label_width_(longest_name(rows_) + 1),
      width_(terminal.columns > label_width_ + value_width + least_width
                 ? terminal.columns - label_width_ - value_width - 1
                 : least_width),
      cells_(rows_.size(), std::vector<Cell>(width_)),
      newest_(rows_.size(), std::numeric_limits<double>::quiet_NaN()),
      marks_(width_, ' ') {}

std::size_t Sparklines::column(std::int64_t step) const {
  const auto at = static_cast<std::size_t>(step * static_cast<std::int64_t>(width_) / last_);
  return std::min(at, width_ - 1);
}

void Sparklines::push(std::size_t row, std::int64_t step, double value) {
  newest_[row] = value;
  const double height = rows_[row].logarithmic ? std::log10(value) : value;
  if (!std::isfinite(height)) return;
  Cell& cell = cells_[row][column(step)];
  cell.sum += height;
  ++cell.count;
}

void Sparklines::mark_alarm(std::int64_t step) {
  char& mark = marks_[column(step)];
  mark = mark == '|' ? '*' : '^';
  ++alarms_;
}

void Sparklines::mark_event(std::int64_t step) {
  char& mark = marks_[column(step)];
  mark = mark == '^' ? '*' : '|';
}

std::string Sparklines::curve(std::size_t row) const {
  double low = rows_[row].low.value_or(std::numeric_limits<double>::infinity());
  double high = rows_[row].high.value_or(-std::numeric_limits<double>::infinity());
  for (const Cell& cell : cells_[row]) {
    if (cell.count == 0) continue;
    low = std::min(low, cell.sum / static_cast<double>(cell.count));
    high = std::max(high, cell.sum / static_cast<double>(cell.count));
  }
  const auto& levels = terminal_.unicode ? bars : ascii_bars;
  std::string text;
  for (const Cell& cell : cells_[row]) {
    if (cell.count == 0) {
      text += ' ';
      continue;
    }
    const double height = cell.sum / static_cast<double>(cell.count);
    const double share = high > low ? (height - low) / (high - low) : 0;
    text += levels[std::min<std::size_t>(static_cast<std::size_t>(share * static_cast<double>(levels.size())),
                                         levels.size() - 1)];
  }
  return text;
}

std::string Sparklines::marks() const {
  std::string text;
  for (const char mark : marks_) {
    const bool alarm = mark == '^' || mark == '*';
    text += alarm ? emphasised(terminal_, std::string(1, mark)) : std::string(1, mark);
  }
  return text;
}

std::vector<std::string> Sparklines::lines() const {
  const auto line = [this](const std::string& name, const std::string& picture, const std::string& newest) {
    return fmt::format("{:<{}}{} {}", name, label_width_, picture, newest);
  };
  std::vector<std::string> lines;
  for (std::size_t row = 0; row < rows_.size(); ++row)
    lines.push_back(line(rows_[row].name, curve(row), short_number(newest_[row])));
  lines.push_back(line("alarms", marks(), std::to_string(alarms_)));
  return lines;
}

}  // namespace premelt::cli
