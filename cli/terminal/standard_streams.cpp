#include "cli/terminal/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "engine/tensor/error.hpp"

namespace premelt::cli {

void guard_standard_streams() {
  // Input opened for writing and output for reading: using them fails, as it would with the closed ones.
  constexpr int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    if (open("/dev/null", modes[descriptor]) != descriptor) std::abort();  // the lowest free number is given
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

std::string source_name(const std::string& file) {
  return file == "-" ? "stdin" : file;
}

std::string read_standard_input() {
  std::string bytes;
  std::array<char, 1 << 16> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), stdin))
    bytes.append(piece.data(), count);
  if (std::ferror(stdin)) throw DataError(std::string("stdin: cannot be read: ") + std::strerror(errno));
  return bytes;
}

void flush_output() {
  errno = 0;
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (written) return;
  const std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  throw DataError("stdout cannot be written" + why);
}

}  // namespace premelt::cli
