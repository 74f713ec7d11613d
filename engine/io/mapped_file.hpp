#pragma once
/// Files that are read where they lie.

#include <filesystem>
#include <string>
#include <string_view>

namespace premelt {

/// A file's bytes, to be read only: in the address space, of which the system holds in memory what is being
/// read; read at once where that is impossible. The file may not become shorter in the meantime.
class MappedFile {
 public:
  /// Throws DataError as `read_file`.
  MappedFile(const std::filesystem::path& path, const std::string& expected);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }  ///< all of them

 private:
  std::string_view bytes_;
  std::string held_;  ///< where the file could not be mapped
};

}  // namespace premelt
