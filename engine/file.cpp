#include "engine/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/error.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

/// A descriptor, because streams cannot force their bytes to the disk.
class Descriptor {
 public:
  explicit Descriptor(const fs::path& path)
      : number_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool write_all(std::string_view bytes) const {
    while (number_ >= 0 && !bytes.empty()) {
      const ssize_t written = write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return number_ >= 0 && fsync(number_) == 0;
  }

 private:
  int number_;
};

}  // namespace

std::string read_file(const fs::path& path, const std::string& expected) {
  if (fs::is_directory(path)) throw DataError(path.string() + ": is a directory, expected " + expected);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DataError(path.string() + ": cannot be read: " + std::strerror(errno));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = path.string() + ".part";
  bool written = Descriptor(temporary).write_all(bytes);
  written = written && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) throw DataError(path.string() + ": cannot be written: " + std::strerror(errno));
}

}  // namespace premelt
