#include "models/tasks/table_data.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/io/csv.hpp"
#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"

namespace premelt {

namespace {

using Path = std::filesystem::path;
using Columns = std::vector<std::vector<double>>;

/// Mean 0 and variance 1 (divisor N). Scaled by a power of two first, which changes no digit and keeps the
/// squares of the largest and smallest numbers finite.
void standardise(const Path& path, const std::string& name, std::vector<double>& column) {
  double largest = 0;
  for (double x : column) largest = std::max(largest, std::abs(x));
  int exponent = 0;
  std::frexp(largest, &exponent);
  for (double& x : column) x = std::ldexp(x, -exponent);
  const auto count = static_cast<double>(column.size());
  double mean = 0, variance = 0;
  for (double x : column) mean += x / count;
  for (double x : column) variance += (x - mean) * (x - mean) / count;
  if (!(variance > 1e-24)) {
    throw DataError(path.string() + ": column '" + name +
                    "' is constant, so it cannot be standardised; remove it");
  }
  for (double& x : column) x = (x - mean) / std::sqrt(variance);
}

std::vector<double> numeric_column(const Path& path, const std::vector<CsvRow>& rows, std::size_t column) {
  std::vector<double> values;
  for (const CsvRow& row : rows) {
    const double value = require_number(path, row, column);
    if (!std::isfinite(value)) {
      throw DataError(path.string() + ":" + std::to_string(row.line) + ": column " +
                      std::to_string(column + 1) + ": expected a finite number, found '" + row.cells[column] +
                      "'");
    }
    values.push_back(value);
  }
  return values;
}

/// Whether a target column holds classes rather than numbers: all of its cells decide, and a blank one is
/// neither.
bool holds_classes(const Path& path, const std::vector<CsvRow>& rows, std::size_t column) {
  const auto cell = [column](const CsvRow& row) { return row.cells[column]; };
  if (std::ranges::any_of(rows, [&](const CsvRow& row) { return parse_number(cell(row)).has_value(); }))
    return false;
  const auto blank = std::ranges::find(rows, std::string(), cell);
  if (blank == rows.end()) return true;
  throw DataError(path.string() + ":" + std::to_string(blank->line) + ": column " +
                  std::to_string(column + 1) + ": the target is missing");
}

/// One column of zeros and ones for each class, in order of first appearance.
Columns one_hot(const std::vector<std::string>& labels, std::vector<std::string>& names) {
  Columns columns;
  names.clear();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto index = static_cast<std::size_t>(std::ranges::find(names, labels[i]) - names.begin());
    if (index == names.size()) {
      names.push_back(labels[i]);
      columns.emplace_back(labels.size(), 0.0);
    }
    columns[index][i] = 1;
  }
  return columns;
}

Tensor<double> to_matrix(const Columns& columns) {
  const std::size_t rows = columns.front().size();
  Tensor<double> matrix(Shape{rows, columns.size()});
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) matrix(i, j) = columns[j][i];
  }
  return matrix;
}

/// AᵀB/N for A (N,p) and B (N,q).
Tensor<double> mean_product(const Tensor<double>& a, const Tensor<double>& b) {
  const std::size_t rows = a.shape()[0], p = a.shape()[1], q = b.shape()[1];
  Tensor<double> product(Shape{p, q});
  blas::gemm(blas::Transpose::yes, blas::Transpose::no, p, q, rows, 1.0 / static_cast<double>(rows), a.data(),
             p, b.data(), q, 0.0, product.data(), q);
  return product;
}

/// Principal components scaled to variance 1; components below 1e-10 of the largest carry no information.
Tensor<double> whitened(const Tensor<double>& x) {
  const std::size_t rows = x.shape()[0], inputs = x.shape()[1];
  const auto [variances, directions] = blas::symmetric_eigen(mean_product(x, x), inputs);
  std::size_t kept = 0;
  while (kept < inputs && variances(kept) > 1e-10 * variances(0)) ++kept;
  Tensor<double> scaled(Shape{kept, inputs});
  for (std::size_t k = 0; k < kept; ++k) {
    for (std::size_t j = 0; j < inputs; ++j) scaled(k, j) = directions(k, j) / std::sqrt(variances(k));
  }
  Tensor<double> result(Shape{rows, kept});
  blas::gemm(blas::Transpose::no, blas::Transpose::yes, rows, kept, inputs, 1.0, x.data(), inputs,
             scaled.data(), inputs, 0.0, result.data(), kept);
  return result;
}

std::vector<bool> target_columns(const Path& path, const CsvRow& header, const std::string& targets) {
  std::vector<bool> is_target(header.cells.size(), false);
  std::istringstream names(targets);
  for (std::string name; std::getline(names, name, ',');) {
    const auto found = std::ranges::find(header.cells, name);
    if (found == header.cells.end()) {
      throw DataError(path.string() + ":1: " + unknown_name("target column", name, header.cells));
    }
    is_target[static_cast<std::size_t>(found - header.cells.begin())] = true;
  }
  const auto count = std::ranges::count(is_target, true);
  if (count == 0) throw UsageError("parameter 'targets': name the target columns of " + path.string());
  if (count == std::ssize(is_target))
    throw DataError(path.string() + ": every column is a target, no input is left");
  return is_target;
}

}  // namespace

TableData read_table(const Path& path, const std::string& targets, bool whiten) {
  std::vector<CsvRow> rows = read_csv(path);
  const CsvRow header = rows.front();
  rows.erase(rows.begin());
  const std::vector<bool> is_target = target_columns(path, header, targets);
  if (rows.size() < 3) {
    throw DataError(path.string() + ": holds " + std::to_string(rows.size()) +
                    " rows below its header, expected at least 3");
  }
  TableData data;
  Columns inputs, outputs;
  for (std::size_t j = 0; j < is_target.size(); ++j) {
    const bool categorical = is_target[j] && holds_classes(path, rows, j);
    if (!categorical) {
      std::vector<double> column = numeric_column(path, rows, j);
      standardise(path, header.cells[j], column);
      (is_target[j] ? outputs : inputs).push_back(std::move(column));
      continue;
    }
    std::vector<std::string> labels, names;
    for (const CsvRow& row : rows) labels.push_back(row.cells[j]);
    Columns columns = one_hot(labels, names);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      standardise(path, header.cells[j] + "=" + names[c], columns[c]);
      outputs.push_back(std::move(columns[c]));
    }
    if (data.classes.empty()) data.classes = std::move(labels);
  }
  data.targets = to_matrix(outputs);
  data.inputs = whiten ? whitened(to_matrix(inputs)) : to_matrix(inputs);
  return data;
}

Tensor<double> TableData::correlation() const {
  return mean_product(targets, inputs);
}

}  // namespace premelt
