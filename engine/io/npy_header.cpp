#include "engine/io/npy_header.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "engine/io/file.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/shape.hpp"

namespace premelt {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_header_bytes = 1 << 16;

constexpr std::array<std::pair<std::string_view, Element>, 12> type_codes{{{"b1", Element::boolean},
                                                                           {"i1", Element::i8},
                                                                           {"i2", Element::i16},
                                                                           {"i4", Element::i32},
                                                                           {"i8", Element::i64},
                                                                           {"u1", Element::u8},
                                                                           {"u2", Element::u16},
                                                                           {"u4", Element::u32},
                                                                           {"u8", Element::u64},
                                                                           {"f2", Element::f16},
                                                                           {"f4", Element::f32},
                                                                           {"f8", Element::f64}}};

/// Walks through the dictionary's text.
class HeaderReader {
 public:
  HeaderReader(const std::filesystem::path& path, std::string_view text)
      : path_(path), whole_(text), rest_(text) {}

  NpyHeader read() {
    NpyHeader header{};
    bool has_type = false, has_order = false, has_shape = false;
    require('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      require(':');
      if (key == "descr") {
        read_type(header);
        has_type = true;
      } else if (key == "fortran_order") {
        header.fortran = truth();
        has_order = true;
      } else if (key == "shape") {
        read_shape(header);
        has_shape = true;
      } else {
        unreadable();
      }
      if (take('}')) break;
      require(',');
    }
    if (!has_type || !has_order || !has_shape) unreadable();
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError(path_.string() + ": " + what); }
  [[noreturn]] void unreadable() const {
    fail("has an unreadable .npy header: " + excerpt(whole_) + "; only plain numeric arrays are supported");
  }

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  bool take(char c) {
    skip_spaces();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void require(char c) {
    if (!take(c)) unreadable();
  }

  std::string_view quoted() {
    skip_spaces();
    if (!rest_.starts_with('\'') && !rest_.starts_with('"')) unreadable();
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) unreadable();
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool truth() {
    skip_spaces();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    unreadable();
  }

  void read_type(NpyHeader& header) {
    const std::string_view text = quoted();
    const char order = text.empty() ? ' ' : text.front();
    for (const auto& [code, type] : type_codes) {
      if (text.empty() || text.substr(1) != code ||
          std::string_view("<>=|").find(order) == std::string_view::npos)
        continue;
      header.type = type;
      header.big_endian = order == '>';
      return;
    }
    fail("holds elements of type '" + excerpt(text) +
         "', expected whole numbers, floats or booleans of at most 64 bits; convert with "
         "array.astype(\"float64\")");
  }

  void read_shape(NpyHeader& header) {
    require('(');
    while (!take(')')) {
      skip_spaces();
      std::size_t extent = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error == std::errc::result_out_of_range) fail("has an extent beyond 64 bits in its header");
      if (error != std::errc()) unreadable();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (rest_.starts_with('L')) rest_.remove_prefix(1);  // as Python 2 wrote them
      if (header.shape.size() == Shape::max_rank)
        fail("has more than " + std::to_string(Shape::max_rank) + " axes");
      header.shape.push_back(extent);
      if (take(')')) return;
      require(',');
    }
  }

  const std::filesystem::path& path_;
  std::string_view whole_, rest_;
};

}  // namespace

NpyHeader parse_npy_header(const std::filesystem::path& path, std::string_view bytes) {
  const auto fail = [&](const std::string& what) { throw DataError(path.string() + ": " + what); };
  if (!bytes.starts_with(magic))
    fail("is not a .npy file (it does not start with \\x93NUMPY); save it with numpy.save");
  const auto byte = [&](std::size_t i) {
    return i < bytes.size() ? std::size_t{static_cast<unsigned char>(bytes[i])} : 0;
  };
  const std::size_t version = byte(magic.size()), length_bytes = version == 1 ? 2 : 4;
  const std::size_t begin = magic.size() + 2 + length_bytes;
  if (bytes.size() > magic.size() && (version < 1 || version > 3))
    fail("is of .npy version " + std::to_string(version) + ", expected 1 to 3");
  if (bytes.size() < begin) fail("is truncated inside its header");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= byte(magic.size() + 2 + i) << (8 * i);
  if (length > most_header_bytes) {
    fail("promises a header of " + std::to_string(length) + " bytes, but plain arrays need at most " +
         std::to_string(most_header_bytes));
  }
  if (bytes.size() < begin + length) fail("is truncated inside its header");
  NpyHeader header = HeaderReader(path, bytes.substr(begin, length)).read();
  header.payload = begin + length;
  return header;
}

}  // namespace premelt
