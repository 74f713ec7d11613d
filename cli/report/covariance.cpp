#include "cli/report/covariance.hpp"

#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::report {
namespace {

void centre_column(Tensor<double>& matrix, std::size_t column) {
  const std::size_t rows = matrix.shape()[0];
  double mean = 0;
  for (std::size_t row = 0; row < rows; ++row) mean += matrix(row, column);
  mean /= static_cast<double>(rows);
  for (std::size_t row = 0; row < rows; ++row) matrix(row, column) -= mean;
}

}  // namespace

Tensor<double> window_covariance(const NpyRows& losses, std::size_t last, std::size_t window,
                                 const std::vector<Cell>& cells) {
  if (window == 0 || last + 1 < window || last >= losses.shape()[0]) {
    throw ShapeError("[window_covariance] a window of " + std::to_string(window) +
                     " recordings ending at recording " + std::to_string(last) +
                     " does not lie inside losses " + to_string(losses.shape()));
  }
  const std::size_t first = last + 1 - window;
  Tensor<double> centred(Shape{window, cells.size()}, 0.0);
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const double share = 1 / static_cast<double>(cells[cell].probes.size());
    for (const std::size_t probe : cells[cell].probes) {
      for (std::size_t row = 0; row < window; ++row) {
        // Differences to the window's first recording keep the digits of a small change on a large loss.
        centred(row, cell) += share * (losses(first + row, probe) - losses(first, probe));
      }
    }
    centre_column(centred, cell);
  }
  Tensor<double> covariance(Shape{cells.size(), cells.size()});
  blas::syrk(blas::Op::transpose, cells.size(), window, 1 / static_cast<double>(window), centred.data(),
             cells.size(), 0.0, covariance.data(), cells.size());
  return covariance;
}

}  // namespace premelt::report
