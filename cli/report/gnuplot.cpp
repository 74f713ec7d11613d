#include "cli/report/gnuplot.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>

#include "cli/report/assets.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::report {
namespace fs = std::filesystem;
namespace {

/// The environment without the terminal that gnuplot would open first: figures are files.
std::vector<char*> quiet_environment() {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("GNUTERM=")) variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  return variables;
}

/// Starts `gnuplot -d figures.gp` in the folder, without a shell. Returns 0 or an error number.
int start_gnuplot(const fs::path& folder, pid_t& process) {
  char program[] = "gnuplot", defaults[] = "-d", script[] = "figures.gp";
  char* const arguments[] = {program, defaults, script, nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "messages.txt", O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  const int failed = posix_spawnp(&process, program, &files, nullptr, arguments, quiet_environment().data());
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

void run_gnuplot(const fs::path& folder) {
  pid_t process = 0;
  const int failed = start_gnuplot(folder, process);
  if (failed == ENOENT)
    throw DataError("figures need gnuplot, which is not installed (Debian: apt-get install gnuplot-nox)");
  if (failed != 0) throw DataError(std::string("gnuplot cannot be started: ") + std::strerror(failed));
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  std::ifstream file(folder / "messages.txt");
  throw DataError("gnuplot failed: " + std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += fmt::format("\\{:03o}", byte < 0x20 || byte == 0x7f ? ' ' : byte);
  }
  return result + "\"";
}

GnuplotFolder::GnuplotFolder(const fs::path& figures) : figures_(figures) {
  std::error_code failed;
  made_figures_ = fs::create_directories(figures, failed);
  std::string pattern = (figures / ".figures-XXXXXX").string();
  if (failed || mkdtemp(pattern.data()) == nullptr) {
    throw DataError("cannot write figures to " + figures.string() + ": " +
                    (failed ? failed.message() : std::strerror(errno)));
  }
  path_ = pattern;
  open("style.gp") << assets::figures_gp();
}

GnuplotFolder::~GnuplotFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (made_figures_) fs::remove(figures_, ignored);  // only when it is empty
}

std::ofstream GnuplotFolder::open(const std::string& name) const {
  std::ofstream file(path_ / name, std::ios::app);
  if (!file) throw DataError("cannot write " + (path_ / name).string());
  return file;
}

void GnuplotFolder::add_figure(const std::string& name, const std::string& settings,
                               const std::string& plot) {
  open("figures.gp") << "reset\nload 'style.gp'\nset output '" << name << ".svg'\n"
                     << settings << plot << "\nunset output\n";
  names_.push_back(name);
}

std::vector<fs::path> GnuplotFolder::draw() const {
  run_gnuplot(path_);
  std::vector<fs::path> drawn;
  for (const std::string& name : names_) {
    drawn.push_back(figures_ / (name + ".svg"));
    std::error_code failed;
    fs::rename(path_ / (name + ".svg"), drawn.back(), failed);
    if (failed) throw DataError("cannot write the figure " + drawn.back().string() + ": " + failed.message());
  }
  return drawn;
}

}  // namespace premelt::report
