#pragma once
/// Runs gnuplot in a temporary folder and brings the figures home.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace premelt::report {

/// A gnuplot string that is taken as it stands.
std::string quoted(const std::string& text);

/// A temporary folder of data and scripts, removed with the object.
class GnuplotFolder {
 public:
  GnuplotFolder();
  ~GnuplotFolder();
  GnuplotFolder(const GnuplotFolder&) = delete;
  GnuplotFolder& operator=(const GnuplotFolder&) = delete;

  /// A data file to write to; scripts know it by its bare name.
  std::ofstream open(const std::string& name) const;
  /// `settings` and the `plot` command of figure `name`; each figure starts from the common style.
  void add_figure(const std::string& name, const std::string& settings, const std::string& plot);
  /// Draws all figures and moves them to `dir`, which is made when missing. Returns `<dir>/<name>.svg` for
  /// each. Throws Error when gnuplot is not installed or fails, DataError when `dir` cannot be written.
  std::vector<std::filesystem::path> draw(const std::filesystem::path& dir) const;

 private:
  std::filesystem::path path_;
  std::vector<std::string> names_;
};

}  // namespace premelt::report
