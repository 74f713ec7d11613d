#pragma once
/// The head of a .npy file: a Python dictionary that says what numbers follow (numpy.lib.format).

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/io/element.hpp"

namespace premelt {

/// What numpy.save promises about the numbers.
struct NpyHeader {
  Element type;                    ///< of each number
  bool big_endian = false;         ///< the order of their bytes
  bool fortran = false;            ///< the first axis runs fastest
  std::vector<std::size_t> shape;  ///< extents by axis, at most Shape::max_rank
  std::size_t payload = 0;         ///< where the first number stands in the file
};

/// Reads the head of a file's bytes. Throws DataError naming `path` when it is no .npy file, is cut off, its
/// header is longer than 64 KiB (plain arrays need 128 bytes) or describes anything but a plain array of
/// numbers, as records, objects, texts and complex numbers are.
NpyHeader parse_npy_header(const std::filesystem::path& path, std::string_view bytes);

}  // namespace premelt
