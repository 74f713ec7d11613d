#include "engine/io/npy.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "engine/io/file.hpp"
#include "engine/io/npy_header.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

constexpr std::size_t head_bytes = NpyWriter<double>::head_bytes;

template <class T>
const char* type_code();
template <>
const char* type_code<float>() {
  return "<f4";
}
template <>
const char* type_code<double>() {
  return "<f8";
}
template <>
const char* type_code<std::int64_t>() {
  return "<i8";
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError(path.string() + ": " + what);
}

/// The same array with its last axis fastest.
template <class T>
Tensor<T> from_fortran(const Tensor<T>& stored) {
  const Shape& shape = stored.shape();
  Tensor<T> tensor(shape);
  Shape index = shape;
  std::fill_n(&index[0], shape.rank(), std::size_t{0});
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    std::size_t source = 0;
    for (std::size_t axis = shape.rank(); axis-- > 0;) source = source * shape[axis] + index[axis];
    for (std::size_t axis = shape.rank(); axis-- > 0 && ++index[axis] == shape[axis];) index[axis] = 0;
    tensor.data()[i] = stored.data()[source];
  }
  return tensor;
}

/// Cuts the header down to its first `rows` rows.
void keep_rows(const std::filesystem::path& path, NpyHeader& header, std::size_t rows) {
  if (header.shape.empty() || header.fortran || header.shape[0] < rows) {
    fail(path, "expected at least " + std::to_string(rows) + " rows in C order, found shape " +
                   to_string(Shape(header.shape)));
  }
  header.shape[0] = rows;
}

template <class T>
Tensor<T> parse(const std::filesystem::path& path, std::string_view bytes, std::optional<std::size_t> rows) {
  NpyHeader header = parse_npy_header(path, bytes);
  if (std::is_integral_v<T> && !is_whole(header.type))
    fail(path, "holds floats, expected whole numbers; convert with array.astype(\"int64\")");
  if (rows) keep_rows(path, header, *rows);
  const std::size_t found = bytes.size() - header.payload;
  if (!count_elements(header.shape, width(header.type), found)) {
    fail(path, "shape " + to_string(Shape(header.shape)) + " of elements of " +
                   std::to_string(width(header.type)) + " bytes needs more than the " +
                   std::to_string(found) + " bytes of numbers that the file holds: it is truncated");
  }
  Tensor<T> tensor{Shape(header.shape)};
  const std::span<T> flat = tensor.flat();
  if (!decode(header.type, bytes.data() + header.payload, header.big_endian, flat))
    fail(path, "holds a whole number that is too large for " + std::string(type_code<T>() + 1));
  return header.fortran ? from_fortran(tensor) : tensor;
}

std::string head(const char* type, std::size_t rows, const Shape& row_shape) {
  std::string text = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" +
                     std::to_string(rows) + ",";
  for (const std::size_t extent : row_shape) text += " " + std::to_string(extent) + ",";
  text += "), }";
  constexpr std::string_view start("\x93NUMPY\x01\x00", 8);
  const std::size_t length = head_bytes - start.size() - 2 - 1;
  if (text.size() > length) throw ShapeError("[npy] rows of shape " + to_string(row_shape) + " are too many");
  text.resize(length, ' ');
  text += '\n';
  return std::string(start) + static_cast<char>(text.size()) + '\0' + text;
}

/// Of a head: all but the number of rows and the spaces that fill it up.
std::uint64_t hash_head(std::string_view text) {
  constexpr std::string_view before = "'shape': (";
  const std::size_t found = text.find(before);
  if (found == std::string_view::npos) return fnv1a_of_nothing;
  const std::size_t rows = found + before.size();
  const std::size_t end = std::min(text.find(',', rows), text.size());
  return fnv1a(text.substr(end, text.find_last_not_of(" \n") + 1 - end), fnv1a(text.substr(0, rows)));
}

}  // namespace

Digest digest_npy(const std::filesystem::path& path, std::uint64_t bytes) {
  const std::string file = read_file(path, "a .npy file");
  if (file.size() < head_bytes || file.size() - head_bytes < bytes)
    fail(path, "is shorter than it was: it is truncated");
  const std::string_view text = file;
  const std::uint64_t start = hash_head(text.substr(0, head_bytes));
  return {bytes, fnv1a(text.substr(head_bytes, static_cast<std::size_t>(bytes)), start)};
}

template <class T>
Tensor<T> read_npy(const std::filesystem::path& path) {
  return parse<T>(path, read_file(path, "a .npy file"), std::nullopt);
}

template <class T>
Tensor<T> parse_npy(const std::filesystem::path& path, std::string_view bytes) {
  return parse<T>(path, bytes, std::nullopt);
}

template <class T>
Tensor<T> read_npy_rows(const std::filesystem::path& path, std::size_t rows) {
  return parse<T>(path, read_file(path, "a .npy file"), rows);
}

template Tensor<double> read_npy(const std::filesystem::path&);
template Tensor<double> parse_npy(const std::filesystem::path&, std::string_view);
template Tensor<std::int64_t> parse_npy(const std::filesystem::path&, std::string_view);
template Tensor<double> read_npy_rows(const std::filesystem::path&, std::size_t);
template Tensor<std::int64_t> read_npy(const std::filesystem::path&);
template Tensor<std::int64_t> read_npy_rows(const std::filesystem::path&, std::size_t);

template <class T>
NpyWriter<T>::NpyWriter(const std::filesystem::path& path, const Shape& row_shape)
    : file_(path, head_bytes, hash_head(head(type_code<T>(), 0, row_shape))), row_shape_(row_shape) {
  write_head();
}

template <class T>
NpyWriter<T>::~NpyWriter() {
  try {
    flush();
  } catch (const DataError&) {  // whoever wants to know of errors flushes before
  }
}

template <class T>
void NpyWriter<T>::write_head() {
  file_.write_head(head(type_code<T>(), rows_, row_shape_));
  promised_ = rows_;
}

template <class T>
void NpyWriter<T>::append(std::span<const T> row) {
  if (row.size() != row_shape_.size()) {
    throw ShapeError("[npy] a row of shape " + to_string(row_shape_) + " holds " +
                     std::to_string(row_shape_.size()) + " values, but " + std::to_string(row.size()) +
                     " were given");
  }
  file_.append({reinterpret_cast<const char*>(row.data()), row.size_bytes()});
  ++rows_;
}

template <class T>
void NpyWriter<T>::flush() {
  file_.flush();  // the numbers first: a head never promises rows that are not there
  if (promised_ != rows_) write_head();
}

template <class T>
void NpyWriter<T>::sync() {
  flush();
  file_.sync();
}

template <class T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& tensor) {
  if (tensor.rank() == 0) throw ShapeError("[npy] a scalar has no rows to write");
  const Shape row(std::span(tensor.shape().begin() + 1, tensor.shape().end()));
  std::string bytes = head(type_code<T>(), tensor.shape()[0], row);
  const auto flat = tensor.flat();
  bytes.append(reinterpret_cast<const char*>(flat.data()), flat.size_bytes());
  write_file(path, bytes);
}

#define PREMELT_INSTANTIATE(T) \
  template class NpyWriter<T>; \
  template void write_npy(const std::filesystem::path&, const Tensor<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
PREMELT_INSTANTIATE(std::int64_t)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
