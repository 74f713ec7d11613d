#include "cli/terminal/progress.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <sstream>
#include <utility>

namespace premelt::cli {

namespace {

constexpr int bar_width = 20;
constexpr const char *to_line_start = "\r\033[K", *to_line_above = "\033[A\033[K";

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Breaks the lines of a text between words, further lines indented.
std::string wrapped(const std::string& text, std::size_t columns) {
  std::string result;
  std::size_t used = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (used > 0 && used + 1 + word.size() >= columns) {
      result += "\n   ";
      used = 3;
    }
    result += (used > 0 ? " " : "") + word;
    used += word.size() + (used > 0);
  }
  return result;
}

}  // namespace

Progress::Progress(std::int64_t first, std::int64_t last, bool quiet, std::string unit,
                   const Sparklines* course)
    : first_(first),
      total_(last),
      quiet_(quiet),
      unit_(std::move(unit)),
      terminal_(ask_terminal()),
      course_(course),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  clear();
  if (!terminal_.live || quiet_ || course_ == nullptr) return;
  for (const std::string& line : course_->lines()) std::cerr << line << "\n";
}

void Progress::clear() {
  if (drawn_ == 0) return;
  std::cerr << to_line_start;
  for (; drawn_ > 1; --drawn_) std::cerr << to_line_above;
  drawn_ = 0;
  std::cerr << std::flush;
}

std::string Progress::eta(double done) const {
  const double elapsed = seconds_between(start_, Clock::now());
  if (!(done > 0) || elapsed < 0.2) return "";
  const double left = elapsed * std::max(0.0, 1 - done) / done;
  return left < 120 ? fmt::format("  ETA {:.0f} s", left) : fmt::format("  ETA {:.1f} min", left / 60);
}

std::string Progress::bar(const std::string& count, std::int64_t step, const std::string& note) const {
  const auto filled = static_cast<std::size_t>(bar_width * step / std::max<std::int64_t>(total_, 1));
  std::string text = "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] " + count;
  if (course_ == nullptr) text += "  " + note;
  return text.substr(0, terminal_.columns - 1);  // a line that wraps cannot be drawn again
}

void Progress::draw(const std::string& first_line) {
  clear();
  std::cerr << first_line;
  drawn_ = 1;
  if (course_ != nullptr) {
    for (const std::string& line : course_->lines()) {
      std::cerr << "\n" << line;
      ++drawn_;
    }
  }
  std::cerr << std::flush;
}

void Progress::update(std::int64_t step, const std::string& note, const std::string& speed) {
  show(step, static_cast<double>(step - first_) / static_cast<double>(total_ - first_), note, speed);
}

void Progress::update(std::int64_t step, const std::string& note, double done) {
  show(step, done, note, "");
}

void Progress::show(std::int64_t step, double done, const std::string& note, const std::string& speed) {
  const auto now = Clock::now();
  if (quiet_ || seconds_between(last_, now) < (terminal_.live ? 0.1 : 5.0)) return;
  last_ = now;
  const std::string count =
      unit_ + " " + std::to_string(step) + "/" + std::to_string(total_) + eta(done) + speed;
  if (terminal_.live) return draw(bar(count, step, note));
  std::cerr << count << "  " << note << "\n";
}

void Progress::say(const std::string& emphasis, const std::string& text) {
  if (quiet_) return;
  clear();
  const bool one_line = text.find('\n') == std::string::npos;
  const std::string body =
      terminal_.live && one_line ? wrapped(text, terminal_.columns - emphasis.size() - 2) : text;
  std::cerr << emphasised(terminal_, emphasis) << "  " << body << "\n";
}

}  // namespace premelt::cli
