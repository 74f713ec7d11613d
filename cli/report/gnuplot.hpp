#pragma once
/// Runs gnuplot in a temporary folder and brings the figures home.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace premelt::report {

/// `text` as a gnuplot string, every byte an octal escape: whatever a name holds, it cannot leave its quotes.
/// Control characters become blanks.
std::string quoted(const std::string& text);

/// A temporary folder of data and scripts, removed with the object.
class GnuplotFolder {
 public:
  /// It lies in the directory `figures`, which is made when missing. Throws DataError when that is
  /// impossible.
  explicit GnuplotFolder(const std::filesystem::path& figures);
  /// Leaves no directory behind that held no figure in the end.
  ~GnuplotFolder();
  GnuplotFolder(const GnuplotFolder&) = delete;
  GnuplotFolder& operator=(const GnuplotFolder&) = delete;

  /// A data file to write to; scripts know it by its bare name.
  std::ofstream open(const std::string& name) const;
  /// `settings` and the `plot` command of figure `name`; each figure starts from the common style.
  void add_figure(const std::string& name, const std::string& settings, const std::string& plot);
  /// Draws all figures and moves them home. Returns `<figures>/<name>.svg` for each. Throws DataError when
  /// gnuplot is not installed or fails, or a figure cannot be written.
  std::vector<std::filesystem::path> draw() const;

 private:
  std::filesystem::path figures_, path_;
  bool made_figures_ = false;
  std::vector<std::string> names_;
};

}  // namespace premelt::report
