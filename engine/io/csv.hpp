#pragma once
/// Comma-separated tables, RFC 4180: quoted cells, doubled quotes, lines that end in newline, carriage return
/// or both. Spaces around a cell do not count, spaces inside its quotes do.

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/tensor/numbers.hpp"

namespace premelt {

/// One row of a file.
struct CsvRow {
  std::size_t line;                ///< 1-based line in the file where the row starts, for error messages
  std::vector<std::string> cells;  ///< without their quotes
};

/// Reads the first `most` non-blank rows and looks at nothing behind them. Throws DataError naming file and
/// line when the file cannot be read, is empty, a quote is left open or followed by anything but a comma, or
/// a row has another number of cells than the first.
std::vector<CsvRow> read_csv(const std::filesystem::path& path,
                             std::size_t most = std::numeric_limits<std::size_t>::max());

/// The cells of a single line. Throws DataError naming `source` and `line` as above, and when a carriage
/// return or newline in the middle makes it two.
CsvRow parse_csv_line(const std::string& source, const std::string& text, std::size_t line);

/// The text without the byte-order mark that some programs put at the beginning of a file.
std::string without_byte_order_mark(std::string text);

/// A name as a cell: in quotes when it holds a comma, a quote, a line end, or spaces at its ends.
std::string csv_cell(const std::string& text);

/// The number in a cell. Throws DataError naming file, line, column and the text found.
double require_number(const std::filesystem::path& path, const CsvRow& row, std::size_t column);

}  // namespace premelt
