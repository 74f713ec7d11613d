#pragma once
/// The numbers that files of other programs hold, and how they become ours.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace premelt {

/// Element types of .npy and safetensors files.
enum class Element { boolean, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64 };

/// Bytes of one element.
std::size_t width(Element type);
/// Neither float nor half.
bool is_whole(Element type);

/// Reads `to.size()` elements of this type from `bytes`, whose order of bytes is little-endian unless
/// `big_endian`. To = float, double, int64 or uint64; whole types may not be asked of float elements.
/// Returns false when a whole number does not fit: beyond 2^53 for double, beyond 63 bits for int64.
template <class To>
bool decode(Element type, const char* bytes, bool big_endian, std::span<To> to);

/// How many elements a shape holds, of which `available` bytes can be there at `bytes_each`; nothing when
/// they cannot.
std::optional<std::size_t> count_elements(std::span<const std::size_t> shape, std::size_t bytes_each,
                                          std::size_t available);

}  // namespace premelt
