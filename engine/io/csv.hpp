#pragma once
/// Comma-separated tables, RFC 4180: quoted cells, doubled quotes, lines that end in newline, carriage return
/// or both. Spaces around a cell do not count, spaces inside its quotes do.

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/tensor/numbers.hpp"

namespace premelt {

/// One row of a file.
struct CsvRow {
  std::size_t line;                ///< 1-based line in the file where the row starts, for error messages
  std::vector<std::string> cells;  ///< without their quotes
};

/// Walks through the rows of a text.
class CsvReader {
 public:
  /// `source` names the text in errors, `line` its first line. The text has to outlive the reader.
  CsvReader(std::filesystem::path source, std::string_view text, std::size_t line = 1)
      : source_(std::move(source)), text_(text), line_(line) {}

  /// Whether nothing is left.
  bool at_end() const { return position_ >= text_.size(); }
  /// The next row, blank or not; there has to be one. Throws DataError naming source and line when a quote is
  /// left open or followed by anything but a comma.
  CsvRow row();
  /// The next row that is not blank, if any. Throws DataError as above, and when it has another number of
  /// cells than the first.
  std::optional<CsvRow> next();
  /// Where in the text the row returned last begins.
  std::size_t begin() const { return begin_; }

 private:
  bool take(char c);
  bool take_line_end();
  void skip_spaces();
  std::string cell();
  std::string quoted_cell();

  std::filesystem::path source_;
  std::string_view text_;
  std::size_t line_, position_ = 0, begin_ = 0;
  std::optional<std::size_t> width_;  ///< cells of the first row that is not blank
};

/// Reads the first `most` non-blank rows and looks at nothing behind them. Throws DataError naming file and
/// line when the file cannot be read, is empty, a quote is left open or followed by anything but a comma, or
/// a row has another number of cells than the first.
std::vector<CsvRow> read_csv(const std::filesystem::path& path,
                             std::size_t most = std::numeric_limits<std::size_t>::max());

/// The cells of a single line. Throws DataError naming `source` and `line` as above, and when a carriage
/// return or newline in the middle makes it two.
CsvRow parse_csv_line(const std::string& source, const std::string& text, std::size_t line);

/// What some programs put at the beginning of a file.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The text without it.
std::string without_byte_order_mark(std::string text);

/// A name as a cell: in quotes when it holds a comma, a quote, a line end, or spaces at its ends.
std::string csv_cell(const std::string& text);

/// The number in a cell. Throws DataError naming file, line, column and the text found.
double require_number(const std::filesystem::path& path, const CsvRow& row, std::size_t column);

}  // namespace premelt
