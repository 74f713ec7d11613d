#include "cli/report/base64.hpp"

#include <algorithm>

namespace premelt::report {

std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t given = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < given ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= given ? digits[word >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace premelt::report
