/// A shared library that stands between a program and the C library: it writes down the calls that decide
/// what survives a loss of power, and can make the disk fail. Built for tests only; see
/// tests/faults/faults.hpp.
///
///   LD_PRELOAD=libpremelt_faults.so PREMELT_FAULTS_UNDER=DIR \
///   PREMELT_FAULTS_LOG=FILE PREMELT_FAULTS_FAIL=write:3:ENOSPC PREMELT_FAULTS_KILL=rename:2 premelt run ...
///
/// Only calls on files below DIR count. LOG has a line a call: "create PATH", "write PATH", "fsync PATH",
/// "rename FROM TO". FAIL=OP:K:ERROR (ENOSPC, EIO or EROFS): the K-th such call (from 1) and all later ones
/// fail. KILL=OP:K: the program is killed (SIGKILL) instead of making the K-th such call.

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// "OP:K" or "OP:K:ERROR".
struct Rule {
  std::string op;
  long call = 0;
  int error = 0;

  explicit Rule(const std::string& text) {
    const std::size_t first = text.find(':');
    if (first == std::string::npos) return;
    op = text.substr(0, first);
    call = std::strtol(text.c_str() + first + 1, nullptr, 10);
    const std::string name = text.substr(text.rfind(':') + 1);
    error = name == "EIO" ? EIO : name == "EROFS" ? EROFS : ENOSPC;
  }
};

struct Plan {
  std::string under = variable("PREMELT_FAULTS_UNDER"), log = variable("PREMELT_FAULTS_LOG");
  Rule fail{variable("PREMELT_FAULTS_FAIL")}, kill{variable("PREMELT_FAULTS_KILL")};
  std::atomic<long> fails{0}, kills{0};
};

Plan& plan() {
  static Plan* const the = new Plan;  // never destroyed: files are closed after main
  return *the;
}

std::string absolute(const char* path) {
  if (path[0] == '/') return path;
  char here[4096];
  return (getcwd(here, sizeof here) == nullptr ? std::string() : std::string(here)) + "/" + path;
}

std::string path_of(int descriptor) {
  char name[4096];
  const ssize_t length =
      readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), name, sizeof name - 1);
  return length < 0 ? "" : std::string(name, static_cast<std::size_t>(length));
}

/// Writes the call down. Returns whether it has to fail, with errno set.
bool fails(const char* op, const std::string& path, const std::string& more = "") {
  Plan& faults = plan();
  if (faults.under.empty() || !path.starts_with(faults.under)) return false;
  if (faults.kill.op == op && ++faults.kills == faults.kill.call) raise(SIGKILL);
  const bool failing = faults.fail.op == op && ++faults.fails >= faults.fail.call;
  if (!faults.log.empty()) {
    const std::string line = std::string(op) + " " + path + more + (failing ? " fails\n" : "\n");
    const auto file = static_cast<int>(
        syscall(SYS_openat, AT_FDCWD, faults.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (file >= 0) syscall(SYS_write, file, line.data(), line.size());
    if (file >= 0) syscall(SYS_close, file);
  }
  if (failing) errno = faults.fail.error;
  return failing;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int open_any(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0 && fails("create", absolute(path))) return -1;
  return next<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_any("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_any("open64", path, flags, mode);
}

ssize_t write(int file, const void* bytes, size_t count) {
  if (fails("write", path_of(file))) return -1;
  return next<ssize_t(int, const void*, size_t)>("write")(file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  if (fails("write", path_of(file))) return -1;
  return next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  if (fails("write", path_of(file))) return -1;
  return next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(file, bytes, count, offset);
}

int fsync(int file) {
  if (fails("fsync", path_of(file))) return -1;
  return next<int(int)>("fsync")(file);
}

int rename(const char* from, const char* to) {
  if (fails("rename", absolute(from), " " + absolute(to))) return -1;
  return next<int(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
