#pragma once
/// NumPy's .npy format (version 1.0 written, 1.0 to 3.0 read; numpy.lib.format documentation).

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>

#include "engine/tensor.hpp"

namespace premelt {

/// Reads an array in C or Fortran order. T = double accepts float32 and float64 files, T = int64 accepts
/// int32 and int64 files. What stands behind the promised numbers is ignored, as NumPy does: a killed program
/// leaves rows that the header does not promise yet. Throws DataError naming the file and what was expected
/// when it is missing, a directory, not .npy, of another type, big-endian, or shorter than its header says.
template <class T>
Tensor<T> read_npy(const std::filesystem::path& path);

/// The first `rows` rows of an array in C order. Throws DataError as above, and when there are fewer rows.
template <class T>
Tensor<T> read_npy_rows(const std::filesystem::path& path, std::size_t rows);

/// Writes rows one by one; after each `flush` the file is a complete, readable .npy of the rows so far,
/// so a killed program leaves a readable file.
template <class T>
class NpyWriter {
 public:
  /// An array of shape (rows so far, row_shape...). Throws DataError when the file cannot be created.
  NpyWriter(const std::filesystem::path& path, const Shape& row_shape);
  ~NpyWriter() { flush(); }
  /// The file goes on with the new owner.
  NpyWriter(NpyWriter&&) = default;

  /// Throws ShapeError when `row` does not hold row_shape.size() values.
  void append(std::span<const T> row);
  /// Whether the disk took everything so far.
  bool flush();
  std::size_t rows() const { return rows_; }  ///< appended so far

 private:
  void write_header();

  std::fstream file_;
  Shape row_shape_;
  std::size_t rows_ = 0;
};

/// Writes a whole tensor. Throws DataError when the file cannot be written, ShapeError for a scalar.
template <class T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& tensor);

}  // namespace premelt
