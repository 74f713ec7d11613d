#pragma once
/// NumPy's .npy format (version 1.0 written, 1.0 to 3.0 read; numpy.lib.format documentation).

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "engine/io/growing_file.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Reads an array in C or Fortran order and of either order of bytes. T = double takes every whole, half,
/// single, double and boolean element type, T = int64 the whole and boolean ones. What stands behind the
/// promised numbers is ignored, as NumPy does: a killed program leaves rows that the header does not promise
/// yet. Throws DataError naming the file and what was expected when it is missing, a directory, not .npy, of
/// another type, shorter than its header says (before anything is allocated), or when a whole number does not
/// fit into T exactly.
template <class T>
Tensor<T> read_npy(const std::filesystem::path& path);

/// The same from the bytes of a file, which `path` names in errors.
template <class T>
Tensor<T> parse_npy(const std::filesystem::path& path, std::string_view bytes);

/// The first `rows` rows of an array in C order. Throws DataError as above, and when there are fewer rows.
template <class T>
Tensor<T> read_npy_rows(const std::filesystem::path& path, std::size_t rows);

/// Writes rows one by one; after each `flush` the file is a complete, readable .npy of the rows so far,
/// so a killed program leaves a readable file.
template <class T>
class NpyWriter {
 public:
  /// Length of the head, fixed so that the number of rows can be rewritten in place.
  static constexpr std::size_t head_bytes = 128;

  /// An array of shape (rows so far, row_shape...). Throws DataError when the file cannot be created.
  NpyWriter(const std::filesystem::path& path, const Shape& row_shape);
  /// An abandoned writer keeps what was appended.
  ~NpyWriter();
  /// The file goes on with the new owner.
  NpyWriter(NpyWriter&&) = default;

  /// Throws ShapeError when `row` does not hold row_shape.size() values, DataError when the disk is full.
  void append(std::span<const T> row);
  /// Makes everything so far visible to readers. Throws DataError when the disk did not take it.
  void flush();
  /// Forces everything so far to the disk. Throws DataError when the disk did not take it.
  void sync();

  std::size_t rows() const { return rows_; }                          ///< appended so far
  const std::filesystem::path& path() const { return file_.path(); }  ///< for messages
  /// Its new name, for messages.
  void moved_to(std::filesystem::path path) { file_.moved_to(std::move(path)); }
  Digest digest() const { return file_.digest(); }  ///< as `digest_npy` finds it in the file

 private:
  void write_head();

  GrowingFile file_;
  Shape row_shape_;
  std::size_t rows_ = 0, promised_ = 0;  ///< appended; in the head
};

/// What vouches for the element type, the shape of a row and the first `bytes` bytes of numbers in a file
/// that a NpyWriter wrote, whatever was appended later. Throws DataError naming the file when it cannot be
/// read or is shorter.
Digest digest_npy(const std::filesystem::path& path, std::uint64_t bytes);

/// Writes a whole tensor, atomically (engine/io/file.hpp). Throws DataError when the file cannot be written,
/// ShapeError for a scalar.
template <class T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& tensor);

}  // namespace premelt
