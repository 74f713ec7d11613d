#include "engine/npy.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <regex>
#include <string>

#include "engine/error.hpp"
#include "engine/file.hpp"

namespace premelt {

namespace {

constexpr std::size_t header_bytes = 128;  // fixed, so that the row count can be rewritten in place
constexpr char magic[] = "\x93NUMPY";
constexpr std::size_t magic_bytes = 6;

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

struct Header {
  std::string type;
  bool fortran = false;
  Shape shape;
  std::size_t payload = 0;  // offset of the first number
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError(path.string() + ": " + what);
}

Shape parse_shape(const std::filesystem::path& path, const std::string& text) {
  Shape shape;
  static const std::regex number("[0-9]+");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), number); it != std::sregex_iterator(); ++it) {
    if (shape.rank() == Shape::max_rank)
      fail(path, "has more than " + std::to_string(Shape::max_rank) + " axes");
    shape.push_back(std::stoull(it->str()));
  }
  return shape;
}

Header parse_header(const std::filesystem::path& path, const std::string& bytes) {
  if (bytes.size() < 10 || !std::equal(magic, magic + magic_bytes, bytes.begin())) {
    fail(path, "is not a .npy file (it does not start with \\x93NUMPY); save it with numpy.save");
  }
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::size_t length_bytes = byte(6) == 1 ? 2 : 4;
  if (bytes.size() < 8 + length_bytes) fail(path, "is truncated inside its header");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= byte(8 + i) << (8 * i);
  Header header;
  header.payload = 8 + length_bytes + length;
  if (bytes.size() < header.payload) fail(path, "is truncated inside its header");

  const std::string text = bytes.substr(8 + length_bytes, length);
  static const std::regex descr("'descr'\\s*:\\s*'([^']*)'"), order("'fortran_order'\\s*:\\s*(True|False)"),
      shape("'shape'\\s*:\\s*\\(([^)]*)\\)");
  std::smatch type_match, order_match, shape_match;
  if (!std::regex_search(text, type_match, descr) || !std::regex_search(text, order_match, order) ||
      !std::regex_search(text, shape_match, shape)) {
    fail(path, "has an unreadable .npy header: " + text + "; only plain numeric arrays are supported");
  }
  header.type = type_match[1];
  header.fortran = order_match[1] == "True";
  header.shape = parse_shape(path, shape_match[1]);
  return header;
}

template <class To, class Stored>
Tensor<To> decode(const Header& header, const char* payload) {
  const std::size_t rank = header.shape.rank();
  Tensor<To> tensor(header.shape);
  Shape index = header.shape;
  std::fill_n(&index[0], rank, std::size_t{0});
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    std::size_t source = i;
    if (header.fortran) {
      source = 0;
      for (std::size_t axis = rank; axis-- > 0;) source = source * header.shape[axis] + index[axis];
      for (std::size_t axis = rank; axis-- > 0 && ++index[axis] == header.shape[axis];) index[axis] = 0;
    }
    Stored value;
    std::memcpy(&value, payload + source * sizeof(Stored), sizeof(Stored));
    tensor.data()[i] = static_cast<To>(value);
  }
  return tensor;
}

/// Cuts the header down to the first `rows` rows when asked, and checks that the file holds what is promised.
void check_size(const std::filesystem::path& path, Header& header, std::size_t width, std::size_t found,
                std::optional<std::size_t> rows) {
  if (rows) {
    if (header.shape.rank() == 0 || header.fortran || header.shape[0] < *rows) {
      fail(path, "expected at least " + std::to_string(*rows) + " rows in C order, found shape " +
                     to_string(header.shape));
    }
    header.shape[0] = *rows;
  }
  const std::size_t expected = header.shape.size() * width;
  if (found >= expected) return;
  fail(path, "shape " + to_string(header.shape) + " needs " + std::to_string(expected) +
                 " bytes of numbers, but the file holds " + std::to_string(found) + ": it is truncated");
}

template <class To, class Narrow, class Wide>
Tensor<To> decode_either(const std::filesystem::path& path, const char* narrow, const char* wide,
                         const std::string& expected, std::optional<std::size_t> rows) {
  const std::string bytes = read_file(path, "a .npy file");
  Header header = parse_header(path, bytes);
  if (header.type != narrow && header.type != wide) {
    fail(path, "holds numbers of type '" + header.type + "', expected " + expected +
                   "; convert with array.astype(\"" +
                   (sizeof(Wide) == 8 && wide[1] == 'f' ? "float64" : "int64") + "\")");
  }
  const std::size_t width = header.type == narrow ? sizeof(Narrow) : sizeof(Wide);
  check_size(path, header, width, bytes.size() - header.payload, rows);
  const char* payload = bytes.data() + header.payload;
  return header.type == narrow ? decode<To, Narrow>(header, payload) : decode<To, Wide>(header, payload);
}

template <class T>
Tensor<T> read(const std::filesystem::path& path, std::optional<std::size_t> rows) {
  if constexpr (std::is_same_v<T, double>) {
    return decode_either<double, float, double>(path, "<f4", "<f8", "little-endian float32 or float64", rows);
  } else {
    return decode_either<std::int64_t, std::int32_t, std::int64_t>(path, "<i4", "<i8",
                                                                   "little-endian int32 or int64", rows);
  }
}

}  // namespace

template <class T>
Tensor<T> read_npy(const std::filesystem::path& path) {
  return read<T>(path, std::nullopt);
}

template <class T>
Tensor<T> read_npy_rows(const std::filesystem::path& path, std::size_t rows) {
  return read<T>(path, rows);
}

template Tensor<double> read_npy(const std::filesystem::path&);
template Tensor<double> read_npy_rows(const std::filesystem::path&, std::size_t);
template Tensor<std::int64_t> read_npy(const std::filesystem::path&);
template Tensor<std::int64_t> read_npy_rows(const std::filesystem::path&, std::size_t);

template <class T>
NpyWriter<T>::NpyWriter(const std::filesystem::path& path, const Shape& row_shape)
    : file_(path, std::ios::binary | std::ios::in | std::ios::out | std::ios::trunc), row_shape_(row_shape) {
  if (!file_) fail(path, std::string("cannot be written: ") + std::strerror(errno));
  write_header();
}

template <class T>
void NpyWriter<T>::write_header() {
  std::string text = "{'descr': '" + std::string(type_code<T>()) + "', 'fortran_order': False, 'shape': (" +
                     std::to_string(rows_) + ",";
  for (std::size_t extent : row_shape_) text += " " + std::to_string(extent) + ",";
  text += "), }";
  text.resize(header_bytes - magic_bytes - 4 - 1, ' ');
  text += '\n';
  const char version_and_length[] = {1, 0, static_cast<char>(text.size()), 0};
  file_.seekp(0);
  file_.write(magic, magic_bytes).write(version_and_length, 4) << text;
  file_.seekp(0, std::ios::end);
}

template <class T>
void NpyWriter<T>::append(std::span<const T> row) {
  if (row.size() != row_shape_.size()) {
    throw ShapeError("[npy] a row of shape " + to_string(row_shape_) + " holds " +
                     std::to_string(row_shape_.size()) + " values, but " + std::to_string(row.size()) +
                     " were given");
  }
  file_.write(reinterpret_cast<const char*>(row.data()), static_cast<std::streamsize>(row.size_bytes()));
  ++rows_;
}

template <class T>
bool NpyWriter<T>::flush() {
  if (!file_.is_open()) return true;
  file_.flush();  // the numbers first: a header never promises rows that are not there
  write_header();
  return file_.flush().good();
}

template <class T>
void write_npy(const std::filesystem::path& path, const Tensor<T>& tensor) {
  if (tensor.rank() == 0) throw ShapeError("[npy] a scalar has no rows to write");
  const std::size_t rows = tensor.shape()[0];
  NpyWriter<T> writer(path, Shape(std::span(tensor.shape().begin() + 1, tensor.shape().end())));
  for (std::size_t i = 0; i < rows; ++i)
    writer.append(tensor.flat().subspan(i * tensor.size() / rows, tensor.size() / rows));
  if (!writer.flush()) fail(path, std::string("was not written completely: ") + std::strerror(errno));
}

#define PREMELT_INSTANTIATE(T) \
  template class NpyWriter<T>; \
  template void write_npy(const std::filesystem::path&, const Tensor<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
PREMELT_INSTANTIATE(std::int64_t)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
