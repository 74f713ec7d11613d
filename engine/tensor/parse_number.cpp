#include <charconv>
#include <system_error>

#include "engine/tensor/numbers.hpp"

namespace premelt {

std::optional<double> parse_number(const std::string& text) {
  const bool plus = text.starts_with('+') && !text.starts_with("+-");
  const char* begin = text.data() + (plus ? 1 : 0);
  const char* end = text.data() + text.size();
  double value = 0;
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

}  // namespace premelt
