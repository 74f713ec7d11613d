#pragma once
/// FNV-1a, 64 bits: names of random streams, checksums of files. Not against forgery.

#include <cstdint>
#include <string_view>

namespace premelt {

/// Two texts of the same length that differ in a single byte never have the same hash: every round is a
/// bijection.
inline std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

}  // namespace premelt
