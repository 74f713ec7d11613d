#pragma once
/// Tables of numbers with named columns, read a row at a time where they lie: a run of a million recordings
/// has not to fit into memory to be looked at.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Numbers (rows, columns), to be read only. Copies are cheap and share the numbers.
class TableRows {
 public:
  /// The number in a row and a column.
  using Look = std::function<double(std::size_t row, std::size_t column)>;

  /// No numbers: shape (0,0).
  TableRows() : TableRows(Tensor<double>(Shape{0, 0})) {}
  /// A matrix's numbers, shared.
  TableRows(const Tensor<double>& numbers);
  /// Numbers that lie elsewhere.
  TableRows(const Shape& shape, Look look) : shape_(shape), look_(std::move(look)) {}

  const Shape& shape() const { return shape_; }  ///< (rows, columns)
  /// Indices are not checked.
  double operator()(std::size_t row, std::size_t column) const { return look_(row, column); }
  /// The first `rows` rows, shared. Throws ShapeError when there are fewer.
  TableRows first(std::size_t rows) const;
  /// All numbers, copied.
  Tensor<double> tensor() const;

 private:
  Shape shape_;
  Look look_;
};

/// Named columns over a matrix, as a CSV file holds them.
struct Table {
  std::vector<std::string> columns;  ///< their names
  TableRows values;                  ///< (rows, columns)
};

/// Index of a column of `table`; the number of columns when there is none of that name.
std::size_t find_column(const Table& table, std::string_view name);

/// Rows of a table; 0 when it is empty.
std::size_t row_count(const Table& table);

/// A .csv file: names in the first row, numbers below. The numbers stay in the file, of which every row is
/// looked at once and only its place kept; rows that are appended later are not seen, and the file may not
/// change otherwise. The last line does not count unless it ends: whoever wrote it was killed. At most the
/// first `most` rows of numbers are looked at. Throws DataError as `read_csv` and `require_number`.
Table read_table(const std::filesystem::path& path,
                 std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace premelt
