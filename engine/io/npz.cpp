#include "engine/io/npz.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

constexpr std::size_t end_record = 22, longest_comment = 65535, central_entry = 46, local_head = 30;
constexpr std::uint64_t elsewhere_16 = 0xffff, elsewhere_32 = 0xffffffff;  ///< the zip64 field has the number

/// The parts of a zip archive, none of which is believed to lie inside it.
class ZipArchive {
 public:
  ZipArchive(const std::filesystem::path& path, std::string_view bytes) : path_(path), bytes_(bytes) {
    const std::size_t tail = bytes.size() - std::min(bytes.size(), end_record + longest_comment);
    const std::size_t end = bytes.substr(tail).rfind("PK\5\6");
    if (!bytes.starts_with("PK") || end == std::string_view::npos)
      fail("is not a whole .npz file, as numpy.savez writes it");
    read_end(tail + end);
  }

  std::map<std::string, std::string_view> arrays() const {
    std::map<std::string, std::string_view> found;
    std::uint64_t at = directory_;
    for (std::uint64_t i = 0; i < entries_; ++i) at = add_entry(at, found);
    return found;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw DataError(path_.string() + ": " + what); }

  std::string_view part(std::uint64_t at, std::uint64_t length) const {
    if (at > bytes_.size() || length > bytes_.size() - at) fail("is truncated or damaged");
    return bytes_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(length));
  }

  /// `length` bytes, the lowest first.
  std::uint64_t number(std::uint64_t at, std::uint64_t length) const {
    std::uint64_t value = 0;
    const std::string_view digits = part(at, length);
    for (std::size_t i = digits.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[i]);
    return value;
  }

  void expect(std::uint64_t at, std::string_view signature) const {
    if (part(at, signature.size()) != signature) fail("is damaged: no archive goes on like this");
  }

  void read_end(std::uint64_t at) {
    part(at, end_record);
    entries_ = number(at + 10, 2);
    directory_ = number(at + 16, 4);
    if (entries_ != elsewhere_16 && directory_ != elsewhere_32) return;
    if (at < 20) fail("is truncated or damaged");
    expect(at - 20, "PK\6\7");
    const std::uint64_t zip64 = number(at - 12, 8);
    expect(zip64, "PK\6\6");
    entries_ = number(zip64 + 32, 8);
    directory_ = number(zip64 + 48, 8);
  }

  /// Adds the entry of the directory at `at` if it is an array, and returns where the next one is.
  std::uint64_t add_entry(std::uint64_t at, std::map<std::string, std::string_view>& found) const {
    expect(at, "PK\1\2");
    const std::uint64_t names = number(at + 28, 2), extras = number(at + 30, 2);
    const std::string name(part(at + central_entry, names));
    if (name.ends_with(".npy")) found[name.substr(0, name.size() - 4)] = content(at, name);
    return at + central_entry + names + extras + number(at + 32, 2);
  }

  std::string_view content(std::uint64_t at, const std::string& name) const {
    if (number(at + 8, 2) & 1) fail("'" + name + "' is encrypted; save it with numpy.savez");
    if (number(at + 10, 2) != 0) {
      fail("'" + name + "' is compressed, which is not read; save it with numpy.savez instead of " +
           "numpy.savez_compressed");
    }
    // What is large stands in the zip64 field, in this order.
    std::uint64_t size = number(at + 24, 4), stored = number(at + 20, 4), local = number(at + 42, 4);
    std::uint64_t field = zip64_field(at);
    for (std::uint64_t* value : {&size, &stored, &local}) {
      if (*value != elsewhere_32) continue;
      *value = number(field, 8);
      field += 8;
    }
    expect(local, "PK\3\4");
    const std::uint64_t head = local_head + number(local + 26, 2) + number(local + 28, 2);
    return part(local + head, size);
  }

  /// Where an entry's large numbers are, or where it ends.
  std::uint64_t zip64_field(std::uint64_t at) const {
    std::uint64_t field = at + central_entry + number(at + 28, 2);
    const std::uint64_t end = field + number(at + 30, 2);
    while (field < end && number(field, 2) != 1) field += 4 + number(field + 2, 2);
    return field + 4;
  }

  const std::filesystem::path& path_;
  std::string_view bytes_;
  std::uint64_t entries_ = 0, directory_ = 0;
};

}  // namespace

std::map<std::string, std::string_view> npz_arrays(const std::filesystem::path& path,
                                                   std::string_view bytes) {
  return ZipArchive(path, bytes).arrays();
}

}  // namespace premelt
