#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace premelt::cli {

namespace {

constexpr int bar_width = 20;

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

std::string short_number(double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) >= 0.01 && std::abs(value) < 1000 ? "%.2f" : "%.1e",
                value);
  return text;
}

Progress::Progress(std::int64_t first, std::int64_t last, bool quiet)
    : first_(first),
      total_(last),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  clear_line();
}

void Progress::clear_line() const {
  if (terminal_ && !quiet_) std::cerr << "\r\033[K" << std::flush;
}

std::string Progress::eta(double done) const {
  const double elapsed = seconds_between(start_, Clock::now());
  if (!(done > 0) || elapsed < 0.2) return "";
  const double left = elapsed * std::max(0.0, 1 - done) / done;
  char text[32];
  std::snprintf(text, sizeof text, left < 120 ? "  ETA %.0f s" : "  ETA %.1f min",
                left < 120 ? left : left / 60);
  return text;
}

void Progress::update(std::int64_t step, const std::string& note) {
  update(step, note, static_cast<double>(step - first_) / static_cast<double>(total_ - first_));
}

void Progress::update(std::int64_t step, const std::string& note, double done) {
  const auto now = Clock::now();
  if (quiet_ || seconds_between(last_, now) < (terminal_ ? 0.1 : 5.0)) return;
  last_ = now;
  const std::string count = "step " + std::to_string(step) + "/" + std::to_string(total_);
  if (!terminal_) {
    std::cerr << count << eta(done) << "  " << note << "\n";
    return;
  }
  const auto filled = static_cast<std::size_t>(bar_width * step / std::max<std::int64_t>(total_, 1));
  std::cerr << "\r\033[K[" << std::string(filled, '#') << std::string(bar_width - filled, '.') << "] "
            << count << eta(done) << "  " << note << std::flush;
}

void Progress::say(const std::string& emphasis, const std::string& text) {
  if (quiet_) return;
  clear_line();
  std::cerr << (colour_ ? "\033[1;33m" : "") << emphasis << (colour_ ? "\033[0m" : "") << "  " << text
            << "\n";
}

}  // namespace premelt::cli
