#include "engine/io/npy_rows.hpp"

#include <bit>
#include <string>

#include "engine/io/mapped_file.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/npy_header.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// Whether the numbers can be read where they lie.
bool is_native(const NpyHeader& header, std::size_t bytes) {
  return header.type == Element::f64 && !header.fortran && std::endian::native == std::endian::little &&
         !header.big_endian && header.payload % alignof(double) == 0 && header.payload <= bytes &&
         count_elements(header.shape, sizeof(double), bytes - header.payload).has_value();
}

}  // namespace

NpyRows::NpyRows(const Tensor<double>& tensor)
    : shape_(tensor.shape()), owner_(std::make_shared<Tensor<double>>(tensor)), data_(tensor.data()) {}

NpyRows::NpyRows(const std::filesystem::path& path) : data_(nullptr) {
  const auto file = std::make_shared<const MappedFile>(path, "a .npy file");
  const NpyHeader header = parse_npy_header(path, file->bytes());
  if (!is_native(header, file->bytes().size())) {
    *this = NpyRows(read_npy<double>(path));  // which says what is wrong
    return;
  }
  shape_ = Shape(header.shape);
  data_ = reinterpret_cast<const double*>(file->bytes().data() + header.payload);
  owner_ = file;
}

NpyRows NpyRows::first(std::size_t rows) const {
  if (rank() == 0 || rows > shape_[0]) {
    throw ShapeError("[npy_rows] the first " + std::to_string(rows) + " rows of shape " + to_string(shape_));
  }
  NpyRows top = *this;
  top.shape_[0] = rows;
  return top;
}

Tensor<double> NpyRows::tensor() const {
  return {shape_, std::span<const double>(data_, size())};
}

}  // namespace premelt
