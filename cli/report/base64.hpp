#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace premelt::report {

/// RFC 4648 base64, with padding.
std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace premelt::report
