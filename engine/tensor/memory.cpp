#include "engine/tensor/memory.hpp"

#include <sys/resource.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

constexpr double kilo = 1000;
constexpr double unlimited = std::numeric_limits<double>::infinity();

/// "64G", "500M", "1000000"; nothing when it is no number of bytes.
std::optional<double> parse_bytes(std::string text) {
  double factor = 1;
  if (!text.empty()) {
    const std::size_t unit = std::string("kMGT").find(text.back());
    if (unit != std::string::npos) {
      factor = std::pow(kilo, static_cast<double>(unit) + 1);
      text.pop_back();
    }
  }
  const auto number = parse_number(text);
  if (!number || !(*number > 0)) return std::nullopt;
  return *number * factor;
}

/// The limit of the container; none outside of one.
double container_limit() {
  double limit = unlimited;
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    double bytes = 0;
    if (std::ifstream(path) >> bytes) limit = std::min(limit, bytes);
  }
  return limit;
}

double installed_memory() {
  struct sysinfo info = {};
  if (sysinfo(&info) != 0) return unlimited;
  return static_cast<double>(info.mem_unit) *
         (static_cast<double>(info.totalram) + static_cast<double>(info.totalswap));
}

double process_limit() {
  rlimit limit{};
  const bool limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return limited ? static_cast<double>(limit.rlim_cur) : unlimited;
}

}  // namespace

double machine_memory() {
  if (const char* text = std::getenv("PREMELT_MEMORY"); text != nullptr) {
    if (const auto bytes = parse_bytes(text)) return *bytes;
    throw UsageError(std::string("PREMELT_MEMORY: expected bytes, as 500M or 64G, got '") + text + "'");
  }
  return std::min({installed_memory(), container_limit(), process_limit()});
}

std::string memory_text(double bytes) {
  const char* unit = "bytes";
  for (const char* larger : {"kB", "MB", "GB", "TB"}) {
    if (bytes < kilo) break;
    bytes /= kilo;
    unit = larger;
  }
  char text[40];
  std::snprintf(text, sizeof text, "%.3g %s", bytes, unit);
  return text;
}

void require_memory(double bytes, const std::string& what) {
  const double available = machine_memory();
  if (bytes <= available) return;
  throw UsageError(what + ": would need " + memory_text(bytes) + " of memory, and there are " +
                   memory_text(available) + "; ask for less, or set PREMELT_MEMORY to allow more");
}

void limit_memory() {
#if !defined(__SANITIZE_ADDRESS__)
  constexpr double stacks_and_buffers = 1e9;  // reserved by threads and BLAS, hardly used
  const double bytes = machine_memory() + stacks_and_buffers;
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0 || !(bytes < static_cast<double>(limit.rlim_max))) return;
  limit.rlim_cur = std::min(limit.rlim_cur, static_cast<rlim_t>(bytes));
  setrlimit(RLIMIT_DATA, &limit);
#endif
}

}  // namespace premelt
