#include "engine/io/table.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/io/csv.hpp"
#include "engine/io/mapped_file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// What stands in a file, and where its rows of numbers begin. Their cells are known to be numbers, so a
/// comma always ends one.
struct CsvNumbers {
  explicit CsvNumbers(const std::filesystem::path& path) : file(path, "a .csv file") {}

  double operator()(std::size_t row, std::size_t column) const {
    std::string_view rest = text.substr(begins[row]);
    for (std::size_t i = 0; i < column; ++i) rest.remove_prefix(rest.find(',') + 1);
    rest = rest.substr(0, rest.find_first_of(",\r\n"));
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\""), rest.size()));
    rest = rest.substr(0, rest.find_last_not_of(" \t\"") + 1);
    return parse_number(std::string(rest)).value_or(undefined);
  }

  MappedFile file;
  std::string_view text;            ///< complete lines only
  std::vector<std::size_t> begins;  ///< of the rows of numbers, in the text
};

std::string_view complete_lines(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text.substr(0, text.rfind('\n') + 1);
}

}  // namespace

TableRows::TableRows(const Tensor<double>& numbers) : shape_(numbers.shape()) {
  if (numbers.rank() != 2) throw ShapeError("[table] expected a matrix, got " + to_string(numbers.shape()));
  look_ = [shared = std::make_shared<const Tensor<double>>(numbers)](std::size_t row, std::size_t column) {
    return (*shared)(row, column);
  };
}

TableRows TableRows::first(std::size_t rows) const {
  if (rows > shape_[0]) {
    throw ShapeError("[table] the first " + std::to_string(rows) + " rows of shape " + to_string(shape_));
  }
  return {Shape{rows, shape_[1]}, look_};
}

Tensor<double> TableRows::tensor() const {
  Tensor<double> numbers(shape_);
  for (std::size_t row = 0; row < shape_[0]; ++row) {
    for (std::size_t column = 0; column < shape_[1]; ++column) numbers(row, column) = look_(row, column);
  }
  return numbers;
}

std::size_t find_column(const Table& table, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
}

std::size_t row_count(const Table& table) {
  return table.values.shape()[0];
}

Table read_table(const std::filesystem::path& path, std::size_t most) {
  const auto numbers = std::make_shared<CsvNumbers>(path);
  numbers->text = complete_lines(numbers->file.bytes());
  CsvReader reader(path, numbers->text);
  const auto header = reader.next();
  if (!header) throw DataError(path.string() + ": is empty, expected comma-separated rows");
  while (numbers->begins.size() < most) {
    const auto row = reader.next();
    if (!row) break;
    for (std::size_t column = 0; column < row->cells.size(); ++column) require_number(path, *row, column);
    numbers->begins.push_back(reader.begin());
  }
  const Shape shape{numbers->begins.size(), header->cells.size()};
  return {header->cells,
          {shape, [numbers](std::size_t row, std::size_t column) { return (*numbers)(row, column); }}};
}

}  // namespace premelt
