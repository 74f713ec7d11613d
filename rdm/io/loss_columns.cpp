#include "rdm/io/loss_columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>
#include <string_view>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

using Cells = std::vector<std::string>;

constexpr std::array<std::string_view, 5> step_names{"step", "global_step", "iteration", "iter", "epoch"};
constexpr std::array<std::string_view, 2> index_names{"", "unnamed: 0"};  // pandas, written and read again
constexpr std::array<std::string_view, 6> missing{"", "na", "n/a", "null", "none", "-"};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <class Names>
bool is_one_of(const Names& names, const std::string& cell) {
  return std::ranges::find(names, lower(cell)) != names.end();
}

bool is_step_name(const std::string& cell) {
  return is_one_of(step_names, cell);
}
bool is_index_name(const std::string& cell) {
  return is_one_of(index_names, cell);
}

/// A number, what stands for a missing one, or a damaged one: "1.5x" is no name.
bool looks_like_data(const std::string& cell) {
  if (parse_number(cell) || is_one_of(missing, cell)) return true;
  const std::size_t digits = cell.find_first_not_of("+-");
  const std::size_t point = cell.find_first_not_of("0123456789", digits == std::string::npos ? 0 : digits);
  return point != std::string::npos && point > 0 && cell[point] == '.' && point + 1 < cell.size() &&
         std::isdigit(static_cast<unsigned char>(cell[point + 1])) != 0;
}

/// 0,1,2,... from column `first` on: pandas' names for columns that have none.
bool counts(const Cells& cells, std::size_t first) {
  for (std::size_t i = first; i < cells.size(); ++i) {
    if (cells[i] != std::to_string(i - first)) return false;
  }
  return cells.size() >= first + 2;
}

/// The first column's number when it is whole.
std::optional<double> whole_number(const CsvRow& row) {
  const auto value = parse_number(row.cells.front());
  if (!value || !(std::abs(*value) < 0x1p53) || *value != std::floor(*value)) return std::nullopt;
  return value;
}

/// Whether the first column's numbers are whole and rise in equal steps, in so many of three rows as there
/// are.
bool may_rise(std::span<const CsvRow> rows) {
  std::vector<double> values;
  for (const CsvRow& row : rows.first(std::min<std::size_t>(rows.size(), 3))) {
    const auto value = whole_number(row);
    if (!value || (!values.empty() && *value <= values.back())) return false;
    values.push_back(*value);
  }
  return values.size() < 3 || values[2] - values[1] == values[1] - values[0];
}

bool rises(std::span<const CsvRow> rows) {
  return rows.size() >= 3 && may_rise(rows);
}

bool is_header(std::span<const CsvRow> rows) {
  const Cells& cells = rows.front().cells;
  const bool index = cells.size() > 1 && is_index_name(cells.front());
  const std::span<const std::string> names = std::span(cells).subspan(index ? 1 : 0);
  if (std::ranges::any_of(cells, is_step_name) || std::ranges::none_of(names, looks_like_data)) return true;
  if (counts(cells, 0)) return rows.size() > 1 && !rises(rows);
  return counts(cells, 1) && (index || !looks_like_data(cells.front()));
}

std::string quoted_column(std::size_t column, const Cells& cells) {
  const std::string name =
      cells[column].empty() ? ", which has no name" : " '" + excerpt(cells[column]) + "'";
  return "column " + std::to_string(column + 1) + name;
}

/// By its name. Columns that are neither step nor probe are marked in `ignored`.
std::optional<std::size_t> named_step(const Cells& cells, std::vector<bool>& ignored) {
  std::optional<std::size_t> step;
  for (const std::string_view name : step_names) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (lower(cells[i]) != name) continue;
      ignored[i] = true;
      if (!step) step = i;
    }
  }
  if (is_index_name(cells.front()) && cells.size() > 1) {
    ignored[0] = true;
    if (!step) step = 0;
  }
  return step;
}

}  // namespace

bool can_tell(std::span<const CsvRow> rows, StepColumn steps) {
  const Cells& cells = rows.front().cells;
  if (cells.size() < 2) return true;
  if (std::ranges::any_of(cells, is_step_name) || is_index_name(cells.front())) return true;
  const auto open = [](std::span<const CsvRow> some) { return some.size() < 3 && may_rise(some); };
  if (counts(cells, 0) && open(rows)) return false;
  return steps == StepColumn::none || !open(rows.subspan(is_header(rows) ? 1 : 0));
}

LossColumns find_columns(const std::string& source, std::span<const CsvRow> rows, StepColumn steps) {
  const Cells& first = rows.front().cells;
  const std::string where = source + ":" + std::to_string(rows.front().line);
  LossColumns columns;
  columns.width = first.size();
  columns.has_header = is_header(rows);
  std::vector<bool> ignored(first.size(), false);
  columns.steps_from = "steps counted from 0";
  if (steps == StepColumn::find) {
    if (columns.has_header) columns.step = named_step(first, ignored);
    if (columns.step) columns.steps_from = "steps from " + quoted_column(*columns.step, first);
    if (!columns.step && first.size() > 1 && rises(rows.subspan(columns.has_header ? 1 : 0))) {
      columns.step = 0;
      columns.steps_from =
          "steps from column 1, whose whole numbers rise in equal steps (--no-steps: it is a probe)";
    }
    if (columns.step) ignored[*columns.step] = true;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (ignored[i]) continue;
    if (columns.has_header && first[i].empty())
      throw DataError(where + ": column " + std::to_string(i + 1) + " has no name");
    columns.probes.push_back(i);
    columns.names.push_back(columns.has_header ? first[i] : std::to_string(columns.names.size()));
    if (seen.insert(columns.names.back()).second) continue;
    throw DataError(where + ": " + quoted_column(i, first) +
                    " has the name of another probe; expected a name for each");
  }
  if (columns.probes.empty()) throw DataError(where + ": names no probe, only steps");
  return columns;
}

std::size_t find_step(const std::string& source, std::span<const CsvRow> rows) {
  const Cells& first = rows.front().cells;
  const bool header = is_header(rows);
  std::vector<bool> ignored(first.size(), false);
  if (const auto named = header ? named_step(first, ignored) : std::nullopt) return *named;
  if (first.size() == 1 || rises(rows.subspan(header ? 1 : 0))) return 0;
  throw DataError(source + ":" + std::to_string(rows.front().line) + ": expected one column, or one called " +
                  "'step', found " + std::to_string(first.size()) + " columns without");
}

std::vector<std::string> numbered_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace premelt
