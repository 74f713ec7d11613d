#include "cli/terminal/input_lines.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/terminal/standard_streams.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::cli {

namespace {

constexpr std::size_t longest_line = 16'000'000;  ///< bytes; half a million losses in full precision
constexpr int pause = 50;                         ///< milliseconds at the end of a file that is followed

struct stat state_of(std::FILE* file) {
  struct stat state = {};
  fstat(fileno(file), &state);
  return state;
}

}  // namespace

InputLines::InputLines(const std::string& file, bool follow, const std::atomic<bool>& interrupted)
    : path_(file),
      name_(source_name(file)),
      follow_(follow && file != "-"),
      interrupted_(interrupted),
      file_(open()) {
  if (!file_) throw DataError(file + ": cannot be read: " + std::strerror(errno));
  if (file.ends_with(".npy")) throw DataError(file + ": is not text; `premelt analyze` reads .npy files");
}

InputLines::File InputLines::open() const {
  return File(path_ == "-" ? stdin : std::fopen(path_.c_str(), "r"), &std::fclose);
}

std::optional<std::string> InputLines::next() {
  ++number_;
  line_.clear();
  while (!interrupted_) {
    const int c = getc_unlocked(file_.get());
    if (c == EOF) {
      if (at_end()) break;
      continue;
    }
    if (c == '\n') return line_;
    line_ += static_cast<char>(c);
    if (line_.size() <= longest_line) continue;
    throw DataError(name_ + ":" + std::to_string(number_) + ": no line end within " +
                    std::to_string(longest_line) + " bytes, expected one recording of losses a line");
  }
  if (line_.empty() || interrupted_) return std::nullopt;
  return line_;
}

/// What is true at the end of what is there.
bool InputLines::at_end() {
  if (std::ferror(file_.get()) && !interrupted_)
    throw DataError(name_ + ": cannot be read: " + std::strerror(errno));
  return !follow_ || !wait_for_more();
}

/// False once interrupted.
bool InputLines::wait_for_more() {
  std::clearerr(file_.get());
  if (replaced()) {
    if (File other = open()) file_ = std::move(other);
    line_.clear();  // whose end went with the old file
  }
  poll(nullptr, 0, pause);
  return !interrupted_;
}

bool InputLines::replaced() const {
  struct stat now = {};
  if (stat(path_.c_str(), &now) != 0) return false;  // its successor is not there yet
  const struct stat ours = state_of(file_.get());
  return now.st_ino != ours.st_ino || now.st_dev != ours.st_dev || now.st_size < std::ftell(file_.get());
}

bool InputLines::has_writer() const {
  const mode_t mode = state_of(file_.get()).st_mode;
  return S_ISFIFO(mode) || S_ISSOCK(mode);
}

void InputLines::discard() {
  std::array<char, 1 << 16> piece{};
  while (!interrupted_ && std::fread(piece.data(), 1, piece.size(), file_.get()) > 0) {
  }
}

}  // namespace premelt::cli
