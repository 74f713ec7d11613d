#include "engine/csv.hpp"

#include <charconv>
#include <cmath>

#include "engine/error.hpp"
#include "engine/file.hpp"

namespace premelt {

namespace {

std::string trimmed(const std::string& cell) {
  const std::size_t first = cell.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return cell.substr(first, cell.find_last_not_of(" \t\r") - first + 1);
}

/// Splits the row that starts at text[position], which is left behind its line end.
CsvRow next_row(const std::filesystem::path& path, const std::string& text, std::size_t& position,
                std::size_t& line) {
  CsvRow row{line, {}};
  std::string cell;
  bool quoted = false;
  for (; position < text.size(); ++position) {
    const char c = text[position];
    if (quoted) {
      const bool doubled = c == '"' && position + 1 < text.size() && text[position + 1] == '"';
      if (doubled) {
        cell += '"';
        ++position;
      } else if (c == '"') {
        quoted = false;
      } else {
        cell += c;
        line += c == '\n';
      }
    } else if (c == '"' && trimmed(cell).empty()) {
      quoted = true;
    } else if (c == ',') {
      row.cells.push_back(trimmed(cell));
      cell.clear();
    } else if (c == '\n') {
      ++position;
      break;
    } else {
      cell += c;
    }
  }
  if (quoted) throw DataError(path.string() + ":" + std::to_string(row.line) + ": a quote is never closed");
  ++line;
  row.cells.push_back(trimmed(cell));
  return row;
}

}  // namespace

std::vector<CsvRow> read_csv(const std::filesystem::path& path, std::size_t most) {
  std::string text = read_file(path, "a .csv file");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // a byte-order mark
  std::vector<CsvRow> rows;
  std::size_t position = 0, line = 1;
  while (position < text.size() && rows.size() < most) {
    CsvRow row = next_row(path, text, position, line);
    if (row.cells.size() == 1 && row.cells[0].empty()) continue;
    if (!rows.empty() && row.cells.size() != rows.front().cells.size()) {
      throw DataError(path.string() + ":" + std::to_string(row.line) +
                      ": ragged row: " + std::to_string(row.cells.size()) + " cells, but the first row has " +
                      std::to_string(rows.front().cells.size()));
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw DataError(path.string() + ": is empty, expected comma-separated rows");
  return rows;
}

CsvRow parse_csv_line(const std::string& source, const std::string& text, std::size_t line) {
  std::size_t position = 0;
  return next_row(source, text, position, line);
}

std::optional<double> parse_number(const std::string& cell) {
  const char* begin = cell.data() + (cell.starts_with('+') ? 1 : 0);
  const char* end = cell.data() + cell.size();
  double value = 0;
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::string format_number(double value) {
  if (std::isnan(value)) return "nan";
  char buffer[40];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

double require_number(const std::filesystem::path& path, const CsvRow& row, std::size_t column) {
  if (const auto value = parse_number(row.cells[column])) return *value;
  throw DataError(path.string() + ":" + std::to_string(row.line) + ": column " + std::to_string(column + 1) +
                  ": expected a number, found '" + row.cells[column] + "'");
}

}  // namespace premelt
