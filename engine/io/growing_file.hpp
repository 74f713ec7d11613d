#pragma once
/// Files that grow while a program runs, and what can be said about their bytes later.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "engine/io/descriptor.hpp"
#include "engine/tensor/hash.hpp"

namespace premelt {

/// What vouches for the beginning of a file.
struct Digest {
  std::uint64_t bytes = 0;  ///< how many, behind the file's head
  std::uint64_t hash =
      fnv1a_of_nothing;  ///< FNV-1a of the head (for .npy: but for the number of rows) and them

  /// Both agree.
  bool operator==(const Digest&) const = default;
};

/// Keeps what is appended until `flush`, so that a killed program leaves whole pieces. Every error is a
/// DataError that names the file; what the disk did not take is kept for another try.
class GrowingFile {
 public:
  /// Makes the file, or empties it. The first `head` bytes are kept free for `write_head`; their part in the
  /// checksum, which begins with `head_hash`, is the caller's.
  explicit GrowingFile(std::filesystem::path path, std::size_t head = 0,
                       std::uint64_t head_hash = fnv1a_of_nothing);
  ~GrowingFile();
  /// The file goes on with the new owner.
  GrowingFile(GrowingFile&&) = default;

  /// Adds a piece, which is written in one with others.
  void append(std::string_view piece);
  /// Replaces the head at once; `text` has its length.
  void write_head(std::string_view text);
  /// Hands everything to the system: other programs see it.
  void flush();
  /// Hands everything to the disk: it survives a loss of power, when the directory does.
  void sync();

  Digest digest() const { return digest_; }                               ///< of all that was appended
  const std::filesystem::path& path() const { return path_; }             ///< for messages
  void moved_to(std::filesystem::path path) { path_ = std::move(path); }  ///< its new name, for messages

 private:
  std::filesystem::path path_;
  Descriptor file_;
  std::string pending_;
  Digest digest_;
};

}  // namespace premelt
