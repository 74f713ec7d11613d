#pragma once
/// Numbers and texts as people type and read them, and the number that is none.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace premelt {

/// NaN: no statement.
inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A whole number: digits with an optional sign, exact in all 64 bits, or any other number without a fraction
/// up to 2^53 ("1e3"). Nothing when it is none, or does not fit.
std::optional<std::int64_t> parse_integer(const std::string& text);

/// The text as a number ("1", "-2.5e3", "nan", "inf"), or nothing.
std::optional<double> parse_number(const std::string& text);

/// The shortest text that reads back as the same number; "nan" when undefined.
std::string format_number(double value);

/// For people: "0.42", "1.2e-03"; "-" when undefined.
std::string short_number(double value);

/// Bytes of the UTF-8 character at the front of `text`; 0 when there is none.
std::size_t character_bytes(std::string_view text);

/// Whether `text` is valid UTF-8, which is what JSON files and pages can hold.
bool is_utf8(std::string_view text);

}  // namespace premelt
