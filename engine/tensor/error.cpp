#include "engine/tensor/error.hpp"

#include <cstdio>

namespace premelt {

std::string printable(const std::string& text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t';
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02X", byte);
    shown += plain ? std::string(1, c) : escaped;
  }
  return shown;
}

}  // namespace premelt
