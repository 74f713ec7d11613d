#include "engine/io/csv.hpp"

#include <algorithm>
#include <string_view>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

std::string trimmed(const std::string& cell) {
  const std::size_t first = cell.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  throw DataError(path.string() + ":" + std::to_string(line) + ": " + what);
}

}  // namespace

CsvRow CsvReader::row() {
  begin_ = position_;
  CsvRow row{line_, {}};
  do {
    row.cells.push_back(cell());
  } while (take(','));
  take_line_end();
  return row;
}

std::optional<CsvRow> CsvReader::next() {
  while (!at_end()) {
    CsvRow found = row();
    if (found.cells.size() == 1 && found.cells[0].empty()) continue;
    if (found.cells.size() != width_.value_or(found.cells.size())) {
      fail(source_, found.line,
           "ragged row: " + std::to_string(found.cells.size()) + " cells, but the first row has " +
               std::to_string(*width_));
    }
    width_ = found.cells.size();
    return found;
  }
  return std::nullopt;
}

bool CsvReader::take(char c) {
  if (at_end() || text_[position_] != c) return false;
  ++position_;
  return true;
}

/// Newline, carriage return, or both. Behind it: whether there was one.
bool CsvReader::take_line_end() {
  const bool carriage = take('\r');
  const bool found = take('\n') || carriage;
  line_ += found;
  return found;
}

void CsvReader::skip_spaces() {
  while (take(' ') || take('\t')) {
  }
}

std::string CsvReader::cell() {
  skip_spaces();
  if (take('"')) return quoted_cell();
  const std::size_t end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
  const std::string cell(text_.substr(position_, end - position_));
  position_ = end;
  return trimmed(cell);
}

/// What stands between the quotes, as it stands there.
std::string CsvReader::quoted_cell() {
  const std::size_t start = line_;
  std::string cell;
  while (true) {
    const std::size_t end = std::min(text_.find_first_of("\"\r\n", position_), text_.size());
    cell.append(text_, position_, end - position_);
    position_ = end;
    if (at_end()) fail(source_, start, "a quote is never closed");
    if (take_line_end()) {
      cell.append(text_, end, position_ - end);
    } else if (take('"') && !take('"')) {
      break;
    } else {
      cell += '"';
    }
  }
  skip_spaces();
  if (!at_end() && std::string_view(",\r\n").find(text_[position_]) == std::string_view::npos)
    fail(source_, line_, "expected a comma behind the quoted cell '" + excerpt(cell) + "'");
  return cell;
}

std::vector<CsvRow> read_csv(const std::filesystem::path& path, std::size_t most) {
  const std::string text = without_byte_order_mark(read_file(path, "a .csv file"));
  std::vector<CsvRow> rows;
  CsvReader reader(path, text);
  while (rows.size() < most) {
    auto row = reader.next();
    if (!row) break;
    rows.push_back(std::move(*row));
  }
  if (rows.empty()) throw DataError(path.string() + ": is empty, expected comma-separated rows");
  return rows;
}

CsvRow parse_csv_line(const std::string& source, const std::string& text, std::size_t line) {
  CsvReader reader(source, text, line);
  CsvRow row = reader.row();
  if (!reader.at_end()) fail(source, line, "a line end inside a line; expected one row");
  return row;
}

std::string without_byte_order_mark(std::string text) {
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  return text;
}

std::string csv_cell(const std::string& text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string::npos && trimmed(text) == text;
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

double require_number(const std::filesystem::path& path, const CsvRow& row, std::size_t column) {
  if (const auto value = parse_number(row.cells[column])) return *value;
  fail(path, row.line,
       "column " + std::to_string(column + 1) + ": expected a number, found '" + excerpt(row.cells[column]) +
           "'");
}

}  // namespace premelt
