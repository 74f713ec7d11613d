#include "engine/io/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "engine/io/descriptor.hpp"
#include "engine/io/file.hpp"

namespace premelt {

namespace {

/// Nothing when the file cannot be mapped.
std::string_view mapped(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (!file.good() || fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* at = size == 0 ? MAP_FAILED : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (at == MAP_FAILED) return {};
  return {static_cast<const char*>(at), size};
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, const std::string& expected)
    : bytes_(mapped(path)) {
  if (!bytes_.empty()) return;
  held_ = read_file(path, expected);
  bytes_ = held_;
}

MappedFile::~MappedFile() {
  if (held_.empty() && !bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace premelt
