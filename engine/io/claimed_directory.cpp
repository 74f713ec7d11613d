#include "engine/io/claimed_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace fs = std::filesystem;

namespace {

constexpr const char* lock_name = ".lock";

std::string this_process() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return "process " + std::to_string(getpid()) + " on " + host.data();
}

/// What the process with the lock wrote about itself.
std::string holder(const fs::path& file) {
  std::array<char, 300> text{};
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t length = descriptor < 0 ? 0 : read(descriptor, text.data(), text.size());
  if (descriptor >= 0) close(descriptor);
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "another process";
}

/// Whether the name still stands for the opened file, which its last owner may have removed meanwhile.
bool still_named(const fs::path& file, int descriptor) {
  struct stat named = {}, opened = {};
  return stat(file.c_str(), &named) == 0 && fstat(descriptor, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

[[noreturn]] void cannot_be(const fs::path& directory, const std::string& what, int error) {
  throw DataError(directory.string() + ": the directory cannot be " + what + ": " + std::strerror(error));
}

[[noreturn]] void in_use(const fs::path& directory) {
  throw DataError(directory.string() + ": " + holder(directory / lock_name) +
                  " is at work in this directory; wait until it has ended, or name another --out");
}

/// Nothing in it but, perhaps, the lock of a process that was killed.
bool holds_nothing(const fs::path& directory) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  if (error) cannot_be(directory, "read", error.value());
  return std::ranges::all_of(entries, [](const auto& entry) { return entry.path().filename() == lock_name; });
}

/// `wanted` without a slash at its end, to which a number can be appended.
fs::path without_slash(const fs::path& wanted) {
  const fs::path path = wanted.has_filename() ? wanted : wanted.parent_path();
  if (path.filename() != "." && path.filename() != "..") return path;
  return fs::absolute(path).lexically_normal();
}

void make_parents(const fs::path& path) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) cannot_be(path, "made", error.value());
}

/// Whether the directory is new. Throws when something that is no directory has its name.
bool make_directory(const fs::path& path) {
  if (mkdir(path.c_str(), 0777) == 0) return true;
  const int error = errno;
  std::error_code ignored;
  if (error != EEXIST) cannot_be(path, "made", error);
  if (!fs::is_directory(path, ignored))
    throw DataError(path.string() + ": is no directory; name a directory that is empty or does not exist");
  return false;
}

}  // namespace

DirectoryLock::DirectoryLock(fs::path file, int descriptor)
    : file_(std::move(file)), descriptor_(descriptor) {}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::DirectoryLock(const fs::path& directory)
    : DirectoryLock([&] {
        auto lock = try_take(directory);
        if (!lock) in_use(directory);
        return std::move(*lock);
      }()) {}

std::optional<DirectoryLock> DirectoryLock::try_take(const fs::path& directory) {
  const fs::path file = directory / lock_name;
  for (;;) {
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) cannot_be(directory, "written to", errno);
    DirectoryLock lock(file, descriptor);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        close(std::exchange(lock.descriptor_, -1));  // the file is another's
        return std::nullopt;
      }
      std::fprintf(stderr,
                   "note  %s: this file system has no locks (%s); start nothing else in this directory\n",
                   directory.c_str(), std::strerror(errno));
    } else if (!still_named(file, descriptor)) {
      close(std::exchange(lock.descriptor_, -1));
      continue;
    }
    const std::string text = this_process();  // for others to read: it may be lost on a full disk
    [[maybe_unused]] const bool told =
        ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text.data(), text.size(), 0) > 0;
    return lock;
  }
}

bool DirectoryLock::is_taken(const fs::path& directory) {
  const int descriptor = open((directory / lock_name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return false;
  const bool taken = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(descriptor);
  return taken;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ < 0) return;
  unlink(file_.c_str());
  close(descriptor_);
}

ClaimedDirectory::ClaimedDirectory(fs::path path, bool made, DirectoryLock lock)
    : path_(std::move(path)), made_(made), lock_(std::move(lock)) {}

ClaimedDirectory::ClaimedDirectory(ClaimedDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      made_(std::exchange(other.made_, false)),
      lock_(std::exchange(other.lock_, std::nullopt)) {}

ClaimedDirectory ClaimedDirectory::fresh(const fs::path& wanted) {
  const fs::path first = without_slash(wanted);
  make_parents(first);
  fs::path candidate = first;
  for (int i = 2;; ++i) {
    const bool made = make_directory(candidate);
    if (made || holds_nothing(candidate)) {
      auto lock = DirectoryLock::try_take(candidate);
      // Meanwhile another process may have had it and gone.
      if (lock && holds_nothing(candidate)) return {candidate, made, std::move(*lock)};
    }
    candidate = first.string() + "-" + std::to_string(i);
  }
}

ClaimedDirectory ClaimedDirectory::open(const fs::path& directory) {
  const fs::path path = without_slash(directory);
  make_parents(path);
  const bool made = make_directory(path);
  return {path, made, DirectoryLock(path)};
}

ClaimedDirectory::~ClaimedDirectory() {
  lock_.reset();
  if (made_) rmdir(path_.c_str());  // fails when something is in it
}

}  // namespace premelt
