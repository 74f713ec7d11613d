#include "cli/terminal/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>

namespace premelt::cli {

namespace {

/// A variable of the environment; empty when it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// The first of the variables that is set decides, as in setlocale.
bool locale_is_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (locale.empty()) locale = variable(name);
  }
  std::ranges::transform(locale, locale.begin(), [](unsigned char c) { return std::tolower(c); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

std::size_t width() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Terminal ask_terminal() {
  const bool live = isatty(STDERR_FILENO) != 0 && variable("TERM") != "dumb";
  return {live, live && variable("NO_COLOR").empty(), locale_is_utf8(), width()};
}

void suggest(const std::string& words) {
  if (ask_terminal().live) std::cerr << "next: " << words << std::endl;
}

std::string emphasised(const Terminal& terminal, const std::string& text) {
  return terminal.colour ? "\033[1;33m" + text + "\033[0m" : text;
}

}  // namespace premelt::cli
