#pragma once
/// The safetensors format (huggingface.co/docs/safetensors): named tensors and texts in one file, which
/// Python opens with `safetensors.numpy.load_file(path)`.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Stored as F32, F64, I64 and U64. Read as well: F16 and BF16 as float, I32, I16, I8, U32, U16, U8 and BOOL
/// as Indices; each number exactly.
using AnyTensor = std::variant<Tensor<float>, Tensor<double>, Indices, Tensor<std::uint64_t>>;

/// The content of a file.
struct Safetensors {
  std::map<std::string, AnyTensor> tensors;     ///< by name
  std::map<std::string, std::string> metadata;  ///< texts by name

  /// The metadata entry that holds the checksum of the whole file (64 bits in hexadecimal, taken with zeros
  /// in its own place).
  static constexpr const char* checksum_key = "fnv1a64";
};

/// Adds the checksum and writes atomically (engine/io/file.hpp). Throws DataError when the file cannot be
/// written, a name or text is not UTF-8, or a tensor is called `__metadata__`.
void write_safetensors(const std::filesystem::path& path, const Safetensors& content);

/// Reads a file of any origin; the checksum is verified when there is one. Throws DataError naming the file
/// and what is wrong with it: missing, truncated, foreign, another element type, tensors that overlap, leave
/// a gap or reach beyond the file, or numbers that changed since they were written.
Safetensors read_safetensors(const std::filesystem::path& path);

}  // namespace premelt
