#include "engine/io/npy_rows.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bit>
#include <optional>
#include <string>

#include "engine/io/descriptor.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/npy_header.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// A file in the address space, for reading.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    struct stat status {};
    if (!file.good() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* at = size == 0 ? MAP_FAILED : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (at == MAP_FAILED) return;
    bytes_ = {static_cast<const char*>(at), size};
  }
  ~Mapping() {
    if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::string_view bytes() const { return bytes_; }  ///< none when the file could not be mapped

 private:
  std::string_view bytes_;
};

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
  const auto mapping = std::make_shared<const Mapping>(path);
  if (!mapping->bytes().empty()) {
    const NpyHeader header = parse_npy_header(path, mapping->bytes());
    if (is_native(header, mapping->bytes().size())) {
      shape_ = Shape(header.shape);
      data_ = reinterpret_cast<const double*>(mapping->bytes().data() + header.payload);
      owner_ = mapping;
      return;
    }
  }
  *this = NpyRows(read_npy<double>(path));  // which says what is wrong
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
