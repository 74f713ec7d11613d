#include "cli/terminal/browser.hpp"

#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

extern char** environ;

namespace premelt::cli {

namespace {

/// $BROWSER may list several, separated by colons: the first.
std::string opener() {
  const char* wanted = std::getenv("BROWSER");
  const std::string first = wanted != nullptr ? std::string(wanted) : "";
  if (!first.empty()) return first.substr(0, first.find(':'));
#ifdef __APPLE__
  return "open";
#else
  return "xdg-open";
#endif
}

}  // namespace

void open_in_browser(const std::filesystem::path& page) {
  std::string program = opener(), file = std::filesystem::absolute(page).string();
  const std::array<char*, 3> arguments{program.data(), file.data(), nullptr};
  posix_spawn_file_actions_t silent;
  posix_spawn_file_actions_init(&silent);
  posix_spawn_file_actions_adddup2(&silent, STDERR_FILENO, STDOUT_FILENO);  // stdout is for results
  pid_t process = 0;
  const int error = posix_spawnp(&process, program.c_str(), &silent, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&silent);
  if (error != 0)
    std::cerr << "note  " << program << " cannot be started (" << std::strerror(error) << "); open " << file
              << " in a browser" << std::endl;
}

}  // namespace premelt::cli
