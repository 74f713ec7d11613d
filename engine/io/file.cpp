#include "engine/io/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include "engine/io/descriptor.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw DataError(path.string() + ": " + what);
}

/// What kind of thing is in the way of a file; nothing when it is one, or a pipe.
const char* obstacle(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "a directory";
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) return "a device";
  if (S_ISSOCK(status.st_mode)) return "a socket";
  return nullptr;
}

std::string read_all(const fs::path& path, const Descriptor& file, std::size_t promised) {
  constexpr std::size_t step = 1 << 16;
  std::string bytes;
  std::size_t length = 0;
  bytes.resize(promised + 1);  // one more, so that the end is noticed without growing
  while (true) {
    if (length == bytes.size()) bytes.resize(length + std::max(length, step));
    const ssize_t got = read(file.number(), bytes.data() + length, bytes.size() - length);
    if (got < 0 && errno != EINTR) fail(path, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    if (got > 0) length += static_cast<std::size_t>(got);
  }
  bytes.resize(length);
  return bytes;
}

/// A new file beside `path` that no other writer has.
std::pair<fs::path, Descriptor> create_beside(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  while (true) {
    fs::path name = path.string() + "." + std::to_string(getpid()) + "-" + std::to_string(++count) + ".part";
    Descriptor file(name, O_WRONLY | O_CREAT | O_EXCL);
    if (file.good()) return {std::move(name), std::move(file)};
    if (errno != EEXIST) throw_unwritable(path);
  }
}

/// Whether `create_beside` makes such names: NAME.PID-COUNT.part
bool is_unfinished(const fs::path& file) {
  const std::string numbers = file.stem().extension().string();
  const std::size_t dash = numbers.find('-');
  return file.extension() == ".part" && dash != std::string::npos && dash > 1 && dash + 1 < numbers.size() &&
         numbers.find_first_not_of("0123456789-", 1) == std::string::npos;
}

}  // namespace

std::string read_file(const fs::path& path, const std::string& expected) {
  const Descriptor file(path, O_RDONLY);
  struct stat status {};
  if (!file.good() || fstat(file.number(), &status) != 0)
    fail(path, std::string("cannot be read: ") + std::strerror(errno));
  if (const char* what = obstacle(status)) fail(path, std::string("is ") + what + ", expected " + expected);
  try {
    return read_all(path, file, static_cast<std::size_t>(status.st_size));
  } catch (const std::bad_alloc&) {
    fail(path, "is larger than the memory: " + std::to_string(status.st_size) + " bytes");
  } catch (const std::length_error&) {
    fail(path, "is larger than the memory: " + std::to_string(status.st_size) + " bytes");
  }
}

void write_file(const fs::path& path, std::string_view bytes) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    fail(path, "cannot be written: something that is no file is in its place");
  auto [temporary, file] = create_beside(path);
  const bool written = file.write_all(bytes) && file.sync() && file.close() &&
                       std::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) {
    const int reason = errno;
    unlink(temporary.c_str());
    errno = reason;
    throw_unwritable(path);
  }
  sync_directory(path.parent_path());
}

void sync_directory(const fs::path& directory) {
  const fs::path path = directory.empty() ? fs::path(".") : directory;
  const Descriptor open_directory(path, O_RDONLY | O_DIRECTORY);
  if (!open_directory.good() || !open_directory.sync()) throw_unwritable(path);
}

void remove_unfinished(const fs::path& directory, std::chrono::seconds untouched) {
  std::error_code ignored;  // what cannot be removed is in nobody's way
  const auto latest = fs::file_time_type::clock::now() - untouched;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (!is_unfinished(entry.path())) continue;
    std::error_code gone;
    if (entry.last_write_time(gone) <= latest && !gone) fs::remove(entry.path(), ignored);
  }
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // no half of a letter
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace premelt
