#include "engine/io/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt {

Descriptor::Descriptor(const std::filesystem::path& path, int flags)
    : number_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

bool Descriptor::write_all(std::string_view& bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(number_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool Descriptor::write_all_at(std::string_view bytes, std::size_t offset) const {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR) return false;
    if (written <= 0) continue;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  return true;
}

bool Descriptor::sync() const {
  return fsync(number_) == 0 || errno == EINVAL;  // EINVAL: nothing that could be forced, such as a pipe
}

bool Descriptor::close() {
  return ::close(std::exchange(number_, -1)) == 0;
}

void throw_unwritable(const std::filesystem::path& path) {
  throw DataError(path.string() + ": cannot be written: " + std::strerror(errno));
}

}  // namespace premelt
