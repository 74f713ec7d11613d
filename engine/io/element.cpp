#include "engine/io/element.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

static_assert(std::endian::native == std::endian::little, "bytes are taken as they stand in the file");

/// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
float from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 31U;
  const auto fraction = static_cast<float>(bits & 1023U);
  float size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31) size = fraction == 0 ? INFINITY : NAN;
  return (bits >> 15U) != 0 ? -size : size;
}

/// bfloat16: the upper half of a float.
float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

template <class Stored>
Stored load(const char* bytes, bool big_endian) {
  std::array<char, sizeof(Stored)> raw;
  std::memcpy(raw.data(), bytes, sizeof(Stored));
  if (big_endian) std::ranges::reverse(raw);
  return std::bit_cast<Stored>(raw);
}

template <class To, class From>
bool fits(From value) {
  if constexpr (std::is_integral_v<From> && std::is_same_v<To, double>) {
    constexpr auto most = std::int64_t{1} << 53U;
    return std::cmp_less_equal(value, most) && std::cmp_greater_equal(value, -most);
  } else if constexpr (std::is_same_v<From, std::uint64_t> && std::is_same_v<To, std::int64_t>) {
    return value <= std::uint64_t{INT64_MAX};
  }
  return true;
}

/// `as` turns what is stored into a number.
template <class Stored, class To, class As>
bool decode_all(const char* bytes, bool big_endian, std::span<To> to, As as) {
  bool good = true;
  for (To& value : to) {
    const auto number = as(load<Stored>(bytes, big_endian));
    good = good && fits<To>(number);
    if (good) value = static_cast<To>(number);
    bytes += sizeof(Stored);
  }
  return good;
}

}  // namespace

std::size_t width(Element type) {
  switch (type) {
    case Element::boolean:
    case Element::i8:
    case Element::u8:
      return 1;
    case Element::i16:
    case Element::u16:
    case Element::f16:
    case Element::bf16:
      return 2;
    case Element::i32:
    case Element::u32:
    case Element::f32:
      return 4;
    default:
      return 8;
  }
}

bool is_whole(Element type) {
  return type != Element::f16 && type != Element::bf16 && type != Element::f32 && type != Element::f64;
}

template <class To>
bool decode(Element type, const char* bytes, bool big_endian, std::span<To> to) {
  const auto plain = [](auto x) { return x; };
  switch (type) {
    case Element::boolean:
      return decode_all<std::uint8_t>(bytes, big_endian, to,
                                      [](std::uint8_t x) { return std::uint8_t{x != 0}; });
    case Element::i8:
      return decode_all<std::int8_t>(bytes, big_endian, to, plain);
    case Element::i16:
      return decode_all<std::int16_t>(bytes, big_endian, to, plain);
    case Element::i32:
      return decode_all<std::int32_t>(bytes, big_endian, to, plain);
    case Element::i64:
      return decode_all<std::int64_t>(bytes, big_endian, to, plain);
    case Element::u8:
      return decode_all<std::uint8_t>(bytes, big_endian, to, plain);
    case Element::u16:
      return decode_all<std::uint16_t>(bytes, big_endian, to, plain);
    case Element::u32:
      return decode_all<std::uint32_t>(bytes, big_endian, to, plain);
    case Element::u64:
      return decode_all<std::uint64_t>(bytes, big_endian, to, plain);
    default:
      break;
  }
  if constexpr (std::is_floating_point_v<To>) {
    switch (type) {
      case Element::f16:
        return decode_all<std::uint16_t>(bytes, big_endian, to, from_half);
      case Element::bf16:
        return decode_all<std::uint16_t>(bytes, big_endian, to, from_bfloat);
      case Element::f32:
        return decode_all<float>(bytes, big_endian, to, plain);
      default:
        return decode_all<double>(bytes, big_endian, to, plain);
    }
  }
  throw Error("[decode] a whole number was asked of a float element");
}

template bool decode(Element, const char*, bool, std::span<float>);
template bool decode(Element, const char*, bool, std::span<double>);
template bool decode(Element, const char*, bool, std::span<std::int64_t>);
template bool decode(Element, const char*, bool, std::span<std::uint64_t>);

std::optional<std::size_t> count_elements(std::span<const std::size_t> shape, std::size_t bytes_each,
                                          std::size_t available) {
  if (std::ranges::find(shape, std::size_t{0}) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::size_t extent : shape) {
    if (count > available / bytes_each / extent) return std::nullopt;
    count *= extent;
  }
  if (count > available / bytes_each) return std::nullopt;
  return count;
}

}  // namespace premelt
