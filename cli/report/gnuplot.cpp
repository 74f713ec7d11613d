#include "cli/report/gnuplot.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <iterator>

#include "cli/report/assets.hpp"
#include "engine/error.hpp"

namespace premelt::report {
namespace fs = std::filesystem;
namespace {

/// Doubles each single quote the way `quote` is written inside quotes: '' for gnuplot, '\'' for the shell.
std::string in_quotes(const std::string& text, const std::string& quote) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? quote : std::string(1, c);
  return result + "'";
}

void run_gnuplot(const fs::path& folder) {
  const std::string command =
      "cd " + in_quotes(folder.string(), "'\\''") + " && gnuplot figures.gp > messages.txt 2>&1 < /dev/null";
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    throw Error("figures need gnuplot, which is not installed (Debian: apt-get install gnuplot-nox)");
  }
  std::ifstream file(folder / "messages.txt");
  throw Error("gnuplot failed: " + std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

std::string quoted(const std::string& text) {
  return in_quotes(text, "''");
}

GnuplotFolder::GnuplotFolder() {
  std::string pattern = (fs::temp_directory_path() / "premelt-figures-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw DataError("cannot make a temporary folder " + pattern);
  path_ = pattern;
  open("style.gp") << assets::figures_gp();
}

GnuplotFolder::~GnuplotFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
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

std::vector<fs::path> GnuplotFolder::draw(const fs::path& dir) const {
  run_gnuplot(path_);
  std::error_code failed;
  fs::create_directories(dir, failed);
  std::vector<fs::path> figures;
  for (const std::string& name : names_) {
    figures.push_back(dir / (name + ".svg"));
    fs::copy_file(path_ / (name + ".svg"), figures.back(), fs::copy_options::overwrite_existing, failed);
    if (failed)
      throw DataError("cannot write the figure " + figures.back().string() + ": " + failed.message());
  }
  return figures;
}

}  // namespace premelt::report
