#pragma once
/// Arrays that are read a row at a time, where they lie: a run of a million recordings has not to fit into
/// memory to be looked at.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// The numbers of an array (rows, ...), to be read only. Copies are cheap and share the numbers.
class NpyRows {
 public:
  /// No numbers: shape (0).
  NpyRows() : NpyRows(Tensor<double>()) {}
  /// A tensor's numbers, shared.
  NpyRows(const Tensor<double>& tensor);
  /// Of a .npy file. Doubles as NpyWriter writes them stay in the file, of which the system holds in memory
  /// what is being read; other arrays are read at once. Rows that are appended later are not seen; the file
  /// may not become shorter in the meantime. Throws DataError as `read_npy`.
  explicit NpyRows(const std::filesystem::path& path);

  const Shape& shape() const { return shape_; }       ///< extents by axis
  std::size_t rank() const { return shape_.rank(); }  ///< number of axes
  std::size_t size() const { return shape_.size(); }  ///< number of elements
  bool empty() const { return size() == 0; }          ///< no elements

  /// Row i of a matrix.
  std::span<const double> row(std::size_t i) const { return {data_ + i * shape_[1], shape_[1]}; }
  /// @{
  /// An element of an array of that rank. Indices are not checked.
  double operator()(std::size_t i, std::size_t j) const { return data_[i * shape_[1] + j]; }
  double operator()(std::size_t i, std::size_t j, std::size_t k) const {
    return data_[(i * shape_[1] + j) * shape_[2] + k];
  }
  /// @}

  /// The first `rows` rows, shared. Throws ShapeError when there are fewer.
  NpyRows first(std::size_t rows) const;
  /// All numbers, copied.
  Tensor<double> tensor() const;

 private:
  Shape shape_;
  std::shared_ptr<const void> owner_;  ///< a tensor, or the mapped file
  const double* data_;
};

}  // namespace premelt
