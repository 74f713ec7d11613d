#pragma once
/// FNV-1a, 64 bits: names of random streams, checksums of files. Not against forgery.

#include <cstdint>
#include <string>
#include <string_view>

namespace premelt {

/// The hash of no bytes, with which every hash begins.
inline constexpr std::uint64_t fnv1a_of_nothing = 0xcbf29ce484222325ULL;

/// Two texts of the same length that differ in a single byte never have the same hash: every round is a
/// bijection. `before` is the hash of what stands before the text, so that a file can be hashed piece by
/// piece.
inline std::uint64_t fnv1a(std::string_view text, std::uint64_t before = fnv1a_of_nothing) {
  std::uint64_t h = before;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

/// 16 hexadecimal digits.
std::string hexadecimal(std::uint64_t value);

}  // namespace premelt
