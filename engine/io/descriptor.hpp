#pragma once
/// An open file, closed with its owner: streams cannot force their bytes to the disk, nor say why they
/// failed.

#include <filesystem>
#include <string>
#include <string_view>

namespace premelt {

/// Owns a POSIX file descriptor. Functions that return bool leave the reason in errno.
class Descriptor {
 public:
  /// Opens with the flags of open(2), close-on-exec; `good()` tells whether it worked.
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor();
  /// The file goes on with the new owner.
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  bool good() const { return number_ >= 0; }  ///< is open
  int number() const { return number_; }      ///< for system calls

  /// Writes at the end of what was written, or at `offset`; what the system took is cut off from `bytes`.
  bool write_all(std::string_view& bytes) const;
  bool write_all_at(std::string_view bytes, std::size_t offset) const;  ///< the same at a place
  bool sync() const;                                                    ///< forces everything to the disk
  bool close();  ///< says what a network disk may only say now

 private:
  int number_;
};

/// "PATH: cannot be written: No space left on device", from errno, as a DataError.
[[noreturn]] void throw_unwritable(const std::filesystem::path& path);

}  // namespace premelt
